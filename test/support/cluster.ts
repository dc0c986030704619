import { mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { startControlPlane, type ControlPlane } from "../../hack/control-plane";
import { freePort } from "../../hack/control-plane/ports";
import { crdServed } from "../../hack/deployment";
import { installModule } from "../../hack/installation";
import type { Kubectl } from "../../hack/kubectl";
import { readModule, type BuiltModule } from "../../hack/module";
import { OperatorProcess } from "../../hack/operator";
import { kubectlOf } from "./kubectl";

/** A control plane with the module's permissions and webhooks, and as many watchers as wanted. */
export class Cluster {
  readonly kubectl: Kubectl;
  readonly #started: OperatorProcess[] = [];
  #admission: OperatorProcess | undefined;

  constructor(
    readonly controlPlane: ControlPlane,
    readonly module: BuiltModule,
    readonly operatorKubeconfig: string,
  ) {
    this.kubectl = kubectlOf(controlPlane);
  }

  /** Starts the operator's watching half, with variables beside those of the Deployment. */
  async startOperator(env: Record<string, string> = {}): Promise<OperatorProcess> {
    return this.#start("watcher", await freePort(), env);
  }

  /** Waits until the operator has brought its CRD. */
  crdServed(): Promise<void> {
    return crdServed(this.kubectl);
  }

  /** Starts the operator's other half, which checks CriticalServices. */
  startAdmission(port: number): void {
    this.#admission = this.#start("admission", port, {});
  }

  /** The half that checks CriticalServices. @throws Error if it was not started */
  get admission(): OperatorProcess {
    if (!this.#admission) {
      throw new Error("There is no admission");
    }
    return this.#admission;
  }

  async close(): Promise<void> {
    await Promise.all(this.#started.map(operator => operator.stop("SIGKILL")));
    await this.controlPlane.stop();
  }

  #start(role: "watcher" | "admission", port: number, env: Record<string, string>) {
    const operator = new OperatorProcess({
      role,
      module: this.module,
      kubeconfig: this.operatorKubeconfig,
      port,
      dir: mkdtempSync(join(this.controlPlane.dir, `${role}-`)),
      env,
    });
    this.#started.push(operator);
    return operator;
  }
}

/** Starts a control plane with all of a module but the watcher. */
export async function openCluster(
  progress?: (message: string) => void,
  module = readModule(),
): Promise<Cluster> {
  const controlPlane = await startControlPlane({ audit: true, ...(progress && { progress }) });
  const port = await freePort();
  const kubectl = kubectlOf(controlPlane);
  const kubeconfig = await installModule(kubectl, module, { port, dir: controlPlane.dir });
  const cluster = new Cluster(controlPlane, module, kubeconfig);
  cluster.startAdmission(port);
  await kubectl.apply(sample("1-namespace"), sample("2-pod-template"));
  return cluster;
}

/** An object of hack/samples. */
export function sample(name: string): object {
  const file = join(__dirname, "..", "..", "hack", "samples", `${name}.yaml`);
  return parse(readFileSync(file, "utf8")) as object;
}
