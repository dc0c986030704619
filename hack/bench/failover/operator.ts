import { until } from "../../control-plane/until";
import { operatorReady, peprDeploy, removeOperator } from "../../deployment";
import type { Kubectl } from "../../kubectl";
import { MODULE_NAME, MODULE_NAMESPACE } from "../../module";

const TIMEOUT_MS = 90_000;
const WATCHER = `${MODULE_NAME}-watcher`;
const IN = ["-n", MODULE_NAMESPACE];
const PODS = ["pods", ...IN, "-l", "pepr.dev/controller=watcher"];

/** The operator in the cluster, which can be taken out of it for a while. */
export class ClusterOperator {
  private constructor(
    private readonly kubectl: Kubectl,
    private readonly deployedHere: boolean,
  ) {}

  /** Uses the operator that is there; if there is none, this checkout's is deployed. */
  static async find(kubectl: Kubectl, print: (line: string) => void): Promise<ClusterOperator> {
    const missing = !(await kubectl.has("deployment", WATCHER, ...IN));
    if (missing) {
      print("Deploying the operator (npx pepr deploy --yes)");
      await peprDeploy(kubectl);
    } else {
      print("Measuring the operator that is deployed already");
    }
    return new ClusterOperator(kubectl, missing);
  }

  /**
   * Starts it and waits until it looks after the cluster.
   *
   * @param lame name of a Service without Pods: the operator, once it knows the cluster, warns of it
   */
  async start(lame: string): Promise<void> {
    await this.#scale(1);
    await operatorReady(this.kubectl);
    await until("the operator looks after the cluster", TIMEOUT_MS, async () => {
      const log = await this.kubectl.run(["logs", `deployment/${WATCHER}`, ...IN, "--tail=-1"]);
      return log.includes(lame);
    });
  }

  /** Scales it to zero and waits until it is gone. */
  async stop(): Promise<void> {
    await this.#scale(0);
    await until("the operator has ended", TIMEOUT_MS, async () => {
      return (await this.kubectl.run(["get", ...PODS, "-o", "name"])) === "";
    });
  }

  /** Leaves the cluster with an operator, or without, as it was. */
  async restore(): Promise<void> {
    if (this.deployedHere) await removeOperator(this.kubectl);
    else await this.#scale(1);
  }

  async #scale(replicas: number): Promise<void> {
    await this.kubectl.run(["scale", `deployment/${WATCHER}`, ...IN, `--replicas=${replicas}`]);
  }
}
