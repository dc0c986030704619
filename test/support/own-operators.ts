import { afterAll, afterEach, beforeAll } from "vitest";
import type { OperatorProcess } from "../../hack/operator";
import { openCluster, type Cluster } from "./cluster";

/** What {@link useOwnOperators} gives. */
export interface OwnOperators {
  readonly cluster: Cluster;
  /** Starts an operator with variables of its own; the end of the test is its end. */
  readonly start: (env: Record<string, string>) => Promise<OperatorProcess>;
}

/** For tests that start operators of their own: a control plane that has the CRD, and no operator. */
export function useOwnOperators(): OwnOperators {
  let cluster: Cluster;
  let running: OperatorProcess[] = [];

  beforeAll(async () => {
    cluster = await openCluster();
    process.env.KUBECONFIG = cluster.controlPlane.kubeconfig;
    const operator = await cluster.startOperator();
    await cluster.crdServed();
    await operator.stop("SIGKILL");
  });
  afterAll(() => cluster.close());
  afterEach(async () => {
    await Promise.all(running.map(operator => operator.stop("SIGKILL")));
    running = [];
  });

  return {
    get cluster() {
      return cluster;
    },
    start: async env => {
      const operator = await cluster.startOperator(env);
      running.push(operator);
      return operator;
    },
  };
}
