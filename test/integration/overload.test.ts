import { randomBytes } from "node:crypto";
import { K8s, kind } from "kubernetes-fluent-client";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { CriticalService } from "../../capabilities/cluster/critical-services";
import { FALLBACK_LABEL } from "../../capabilities/domain/fallback-pod";
import { MODULE_NAME, MODULE_NAMESPACE } from "../../hack/module";
import type { OperatorProcess } from "../../hack/operator";
import { operatorRequests, type AuditedRequest } from "../support/audit";
import { openCluster, type Cluster } from "../support/cluster";
import { Playground } from "../support/play";

/** Services of the noisy namespace. */
const MANY = Number(process.env.OVERLOAD_SERVICES ?? 200);
const PATIENCE = { timeout: 120_000 + 500 * MANY, interval: 1000 };
const TIMEOUT_MS = 2 * PATIENCE.timeout;
/** The API server's least `Retry-After`. */
const RETRY_AFTER_MS = 1000;

let cluster: Cluster;
let operator: OperatorProcess;
/** A label of the test's Services. */
let tier: string;

beforeAll(async () => {
  cluster = await openCluster();
  process.env.KUBECONFIG = cluster.controlPlane.kubeconfig;
});
afterAll(() => cluster.close());

beforeEach(async () => {
  tier = `tier-${randomBytes(4).toString("hex")}`;
  operator = await cluster.startOperator();
  await cluster.crdServed();
});
afterEach(() => operator.stop("SIGKILL"));

describe("when a great many Services turn lame at once", () => {
  it(
    "each gets its fallback, and those of one namespace do not keep others waiting",
    async () => {
      const noisy = await Playground.create();
      const others = await playgrounds(3);
      await lameServices([noisy], MANY);
      await lameServices(others, 2);
      await allTurnCritical([noisy, ...others], MANY + 6);

      const created = podCreations([noisy, ...others], [201]).map(namespaceOf);
      expect(created).toHaveLength(MANY + 6);
      const servedLast = Math.max(...others.map(({ namespace }) => created.lastIndexOf(namespace)));
      const behind = created.length - 1 - servedLast;
      expect(behind).toBeGreaterThan(MANY / 4);
    },
    TIMEOUT_MS,
  );

  it(
    "and the API server refuses what is too much, each waits as long as it is told",
    async () => {
      await limitCreations();
      const plays = await playgrounds(30);
      await lameServices(plays, 1);
      await allTurnCritical(plays, 30);

      const pauses = plays.flatMap(play => pauses429(podCreations([play], [201, 429])));
      expect(pauses).not.toEqual([]);
      expect(pauses.filter(ms => ms < RETRY_AFTER_MS)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

function playgrounds(count: number): Promise<Playground[]> {
  return Promise.all(Array.from({ length: count }, () => Playground.create()));
}

/** So many Services in each namespace; returns when the operator has seen them. */
async function lameServices(plays: readonly Playground[], countEach: number): Promise<void> {
  const services = plays.flatMap(({ namespace }) =>
    Array.from({ length: countEach }, (_, index) => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { namespace, name: `service-${index}`, labels: { tier } },
      spec: { selector: { app: `service-${index}` }, ports: [{ port: 80, targetPort: 8080 }] },
    })),
  );
  await cluster.kubectl.apply(...services);
  await vi.waitFor(() => {
    const lame = operator.lines.filter(({ msg }) => msg.includes("has no selected POD"));
    const told = lame.filter(({ msg }) => plays.some(({ namespace }) => msg.includes(namespace)));
    expect(told).toHaveLength(services.length);
  }, PATIENCE);
}

/** A CriticalService names all Services at the same moment; returns when all have a fallback. */
async function allTurnCritical(plays: readonly Playground[], count: number): Promise<void> {
  await K8s(CriticalService).Apply({
    metadata: { name: tier },
    spec: { matchLabels: [{ key: "tier", value: tier }], page: {} },
  } as InstanceType<typeof CriticalService>);
  await vi.waitFor(async () => {
    const { items } = await K8s(kind.Pod).WithLabel(FALLBACK_LABEL).Get();
    const namespaces = plays.map(({ namespace }) => namespace);
    const mine = items.filter(({ metadata }) => namespaces.includes(metadata?.namespace ?? ""));
    expect(mine.length).toBe(count);
  }, PATIENCE);
}

/** What the operator asked for and was answered with one of these codes, in the order of answers. */
function podCreations(plays: readonly Playground[], codes: readonly number[]): AuditedRequest[] {
  const namespaces = plays.map(({ namespace }) => namespace);
  return operatorRequests(cluster).filter(
    request =>
      request.verb === "create" &&
      request.objectRef?.resource === "pods" &&
      namespaces.includes(namespaceOf(request)) &&
      codes.includes(request.responseStatus?.code ?? 0),
  );
}

function namespaceOf({ objectRef }: AuditedRequest): string {
  return objectRef?.namespace ?? "";
}

/** Milliseconds from each refusal to the next try; all but the last one were refused. */
function pauses429(tries: readonly AuditedRequest[]): number[] {
  return tries.slice(1).map((next, index) => {
    const refused = tries[index]?.stageTimestamp ?? "";
    return Date.parse(next.requestReceivedTimestamp) - Date.parse(refused);
  });
}

/**
 * Has API Priority and Fairness let few creations of the operator through at a time, and refuse the
 * others with 429: https://kubernetes.io/docs/concepts/cluster-administration/flow-control/
 */
async function limitCreations(): Promise<void> {
  const apiVersion = "flowcontrol.apiserver.k8s.io/v1";
  const metadata = { name: "operator" };
  const limited = {
    nominalConcurrencyShares: 1,
    lendablePercent: 0,
    borrowingLimitPercent: 0,
    limitResponse: { type: "Reject" },
  };
  const serviceAccount = { namespace: MODULE_NAMESPACE, name: MODULE_NAME };
  const creations = { verbs: ["create"], apiGroups: [""], resources: ["pods", "events"] };
  const rule = {
    subjects: [{ kind: "ServiceAccount", serviceAccount }],
    resourceRules: [{ ...creations, namespaces: ["*"] }],
  };
  await cluster.kubectl.apply(
    {
      apiVersion,
      kind: "PriorityLevelConfiguration",
      metadata,
      spec: { type: "Limited", limited },
    },
    {
      apiVersion,
      kind: "FlowSchema",
      metadata,
      spec: {
        priorityLevelConfiguration: metadata,
        matchingPrecedence: 100,
        distinguisherMethod: { type: "ByUser" },
        rules: [rule],
      },
    },
  );
}
