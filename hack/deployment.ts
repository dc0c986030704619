import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Kubectl } from "./kubectl";
import { MODULE_NAME, MODULE_NAMESPACE } from "./module";

const ROOT = join(__dirname, "..");
export const MANIFESTS = join(ROOT, "dist", "pepr-module-critsvc.yaml");

/** Runs a command of the README in the project's folder. */
export async function runInProject(command: string, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(command, args, { cwd: ROOT });
  return stdout + stderr;
}

/** `npx pepr deploy --yes`, which also waits until its Pods are Ready. */
export async function peprDeploy(kubectl: Kubectl, ...flags: string[]): Promise<void> {
  const output = await runInProject("npx", "pepr", "deploy", "--yes", ...flags);
  if (!output.includes("Module deployed successfully")) {
    // It ends with status 0 whatever happens.
    throw new Error(output);
  }
  await operatorReady(kubectl);
}

/** Waits until the operator runs and its resource is served. */
export async function operatorReady(kubectl: Kubectl): Promise<void> {
  for (const name of [MODULE_NAME, `${MODULE_NAME}-watcher`]) {
    const deployment = `deployment/${name}`;
    const rollout = ["rollout", "status", "-n", MODULE_NAMESPACE, deployment];
    await kubectl.run([...rollout, "--timeout=180s"]);
  }
  await crdServed(kubectl);
}

/** Waits until the operator has brought its CRD. */
export async function crdServed(kubectl: Kubectl): Promise<void> {
  const crd = "crd/criticalservices.mycrd.com";
  await kubectl.run(["wait", "--for=create", "--timeout=60s", crd]);
  await kubectl.run(["wait", "--for=condition=Established", "--timeout=60s", crd]);
}

/** Removes the operator, as docs/operations.md says. */
export async function removeOperator(kubectl: Kubectl): Promise<void> {
  await kubectl.run(["delete", "criticalservices", "--all"]);
  const fallbacks = ["pod", "-A", "-l", "mycrd.com/fallback-for"];
  await kubectl.run(["wait", "--for=delete", ...fallbacks, "--timeout=60s"]);
  await kubectl.run(["delete", "-f", MANIFESTS]);
  await removeCrds(kubectl);
}

/** Removes the CRDs, which go with no other way of deploying. */
export async function removeCrds(kubectl: Kubectl): Promise<void> {
  await kubectl.run(["delete", "crd", "criticalservices.mycrd.com", "peprstores.pepr.dev"]);
}
