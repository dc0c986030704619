import { readFileSync } from "node:fs";
import type { AuditEvent } from "../../hack/invariants/writes";
import { MODULE_NAME, MODULE_NAMESPACE } from "../../hack/module";
import type { Cluster } from "./cluster";

/** An entry of the API server's audit log. */
export interface AuditedRequest extends AuditEvent {
  readonly requestReceivedTimestamp: string;
  /** When it was answered. */
  readonly stageTimestamp: string;
}

/** What the operators asked of the API server so far, in the order of its answers. */
export function operatorRequests({ controlPlane }: Cluster): AuditedRequest[] {
  return readFileSync(controlPlane.auditLog ?? "", "utf8")
    .split("\n")
    .filter(line => line.endsWith("}"))
    .map(line => JSON.parse(line) as AuditedRequest)
    .filter(({ user }) => user.username === USERNAME);
}

const USERNAME = `system:serviceaccount:${MODULE_NAMESPACE}:${MODULE_NAME}`;
