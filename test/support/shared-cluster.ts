import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { runInProject } from "../../hack/deployment";
import { buildModule } from "../../hack/module";
import { openCluster } from "./cluster";

declare module "vitest" {
  interface ProvidedContext {
    /** An admin's kubeconfig of the control plane that the test files share. */
    kubeconfig: string;
    kubectl: string;
    /** What the operator there logs, as JSON lines. */
    operatorLog: string;
  }
}

/** Builds the module once, and runs it on a control plane that the test files share. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  console.log("Building the module and starting a control plane …");
  await buildModule();
  await runInProject("npm", "run", "build:cli");
  const cluster = await openCluster(console.log);
  const operatorLog = join(cluster.controlPlane.dir, "operator.log");
  writeFileSync(operatorLog, "");
  const operator = await cluster.startOperator();
  operator.onLine(line => {
    appendFileSync(operatorLog, `${JSON.stringify(line)}\n`);
  });
  await cluster.crdServed();
  project.provide("kubeconfig", cluster.controlPlane.kubeconfig);
  project.provide("kubectl", join(cluster.controlPlane.binDir, "kubectl"));
  project.provide("operatorLog", operatorLog);
  return () => cluster.close();
}
