import { tmpdir } from "node:os";
import { join } from "node:path";
import { AUDIT_LOG } from "../control-plane/processes";

/** All that the node keeps. The place is fixed, so that each call of the CLI finds it. */
export const STATE = join(tmpdir(), "critical-service-operator-node");

export const BIN = join(STATE, "bin");
export const AUDIT_LOG_FILE = join(STATE, AUDIT_LOG);
/** Of a user in `system:masters`. */
export const KUBECONFIG = kubeconfigOf("admin");

/** The path of a file in the folder of the state. */
export function inState(...path: string[]): string {
  return join(STATE, ...path);
}

export function kubeconfigOf(user: string): string {
  return join(STATE, `${user}.kubeconfig`);
}
