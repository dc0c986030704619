import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { kubectl } from "./stage";

const ROOT = join(__dirname, "..", "..", "..");
export const MANIFESTS = join(ROOT, "dist", "pepr-module-critsvc.yaml");
export const CHART = join(ROOT, "dist", "critsvc-chart");

/** Runs a command of the README in the project's folder. */
export async function run(command: string, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(command, args, { cwd: ROOT });
  return stdout + stderr;
}

/** `npx pepr deploy --yes`, which also waits until its Pods are Ready. */
export async function peprDeploy(...flags: string[]): Promise<void> {
  const output = await run("npx", "pepr", "deploy", "--yes", ...flags);
  if (!output.includes("Module deployed successfully")) {
    // It ends with status 0 whatever happens.
    throw new Error(output);
  }
  await operatorReady();
}

/** Waits until the operator runs and its resource is served. */
export async function operatorReady(): Promise<void> {
  for (const deployment of ["pepr-critsvc", "pepr-critsvc-watcher"]) {
    await kubectl.run([
      "rollout",
      "status",
      "-n",
      "pepr-system",
      `deployment/${deployment}`,
      "--timeout=180s",
    ]);
  }
  const crd = "crd/criticalservices.mycrd.com";
  await kubectl.run(["wait", "--for=create", "--timeout=60s", crd]);
  await kubectl.run(["wait", "--for=condition=Established", "--timeout=60s", crd]);
}

/** Removes the operator, as docs/operations.md says. */
export async function remove(): Promise<void> {
  await kubectl.run(["delete", "criticalservices", "--all"]);
  await kubectl.run([
    "wait",
    "--for=delete",
    "pod",
    "-A",
    "-l",
    "mycrd.com/fallback-for",
    "--timeout=60s",
  ]);
  await kubectl.run(["delete", "-f", MANIFESTS]);
  await removeCrds();
}

/** Removes the CRDs, which go with no other way of deploying. */
export async function removeCrds(): Promise<void> {
  await kubectl.run(["delete", "crd", "criticalservices.mycrd.com", "peprstores.pepr.dev"]);
}
