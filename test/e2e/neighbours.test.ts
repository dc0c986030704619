import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { answers } from "./support/answers";
import { realDeployment } from "./support/real-deployment";
import { eventually, kubectl, Stage } from "./support/stage";

const REPLICAS = 2;
let stage: Stage;

/** Where the two forms of a controller of real Pods are alike. */
interface Controller {
  kind: string;
  metadata: { name: string };
  spec: { replicas: number };
}

describe.each(["ReplicaSet", "Deployment"])("a %s with the Service's selector", kind => {
  beforeEach(async () => {
    stage = await Stage.create();
  });
  afterEach(() => stage.close());

  it("does not adopt the fallback Pod, but starts its own", async () => {
    await stage.service();
    await stage.critical();
    const client = await stage.poll();
    await answers(client, "fallback");
    const uid = await stage.get("pod", "service-watcher-shop", ".metadata.uid");
    await stage.apply({ ...deployment("shop"), kind });
    await eventually(async () => {
      expect(await stage.get(kind, "shop", ".status.replicas")).toBe(String(REPLICAS));
    });
    const owners = "{range .items[*]}{.metadata.uid} {.metadata.ownerReferences[*].kind}\n{end}";
    const pods = await stage.kubectl("get", "pods", "-o", `jsonpath=${owners}`);
    expect(pods).toContain(`${uid} Service\n`);
    expect(pods.match(/ ReplicaSet\n/g)).toHaveLength(REPLICAS);
    await answers(client, "real");
    await eventually(async () => {
      expect(await stage.pods()).toHaveLength(REPLICAS);
    });
  });
});

describe("a Deployment that a fallback Pod stands in for", () => {
  const budgets: Record<string, object> = {
    number: { minAvailable: 1 },
    percentage: { minAvailable: "50%" },
    unavailable: { maxUnavailable: 1 },
  };
  const apps = Object.keys(budgets);
  const every = (task: (app: string) => Promise<unknown>) => Promise.all(apps.map(task));

  beforeAll(async () => {
    stage = await Stage.create();
    await every(async app => {
      await stage.apply(deployment(app));
      await stage.apply(budget(app, budgets[app] ?? {}));
      await stage.service({}, app);
    });
    await stage.apply(autoscaler("number"));
    await every(app => stage.kubectl("rollout", "status", `deployment/${app}`, "--timeout=90s"));
    await every(allHealthy);
    await every(app => askAll(app, "/unready"));
    // A budget that can't be computed any more stays at what it has counted last.
    await every(app => budgetSays(app, { currentHealthy: 0 }));
    await every(app => stage.critical({}, app));
    await every(async app => answers(await stage.poll(app), "fallback"));
  });
  afterAll(() => stage.close());

  it("has a budget by number that counts the fallback Pod as healthy", async () => {
    await budgetSays("number", {
      ...{ expectedPods: REPLICAS + 1, desiredHealthy: 1, currentHealthy: 1 },
      ...{ disruptionsAllowed: 0, reason: "InsufficientPods" },
    });
    // The fallback is the one healthy Pod that the budget asks for; the others are worth nothing.
    expect(await evict("service-watcher-number")).toContain("TooManyRequests");
    expect(await evict((await realPods("number"))[0] ?? "")).toBe("evicted");
  });

  it.each(["percentage", "unavailable"])(
    "has a budget by %s that can't be computed, and allows no eviction",
    async app => {
      const reason = "services does not implement the scale subresource";
      await budgetSays(app, { disruptionsAllowed: 0, reason: "SyncFailed", message: reason });
      const events = ["get", "events", "--field-selector", `involvedObject.name=${app}`];
      expect(await stage.kubectl(...events)).toContain(
        `CalculateExpectedPodCountFailed   poddisruptionbudget/${app}`,
      );
      for (const pod of [`service-watcher-${app}`, ...(await realPods(app))]) {
        expect(await evict(pod)).toContain("TooManyRequests");
      }
    },
  );

  it("has its own number of replicas, for an autoscaler too", async () => {
    await eventually(async () => {
      expect(await stage.get("hpa", "number", ".status.currentReplicas")).toBe(String(REPLICAS));
    });
    expect(await stage.get("deployment", "number", ".status.replicas")).toBe(String(REPLICAS));
  });

  it("is as before for all of them once the fallback Pod is gone", async () => {
    await every(app => askAll(app, "/ready"));
    await eventually(async () => {
      expect(await stage.pods()).toHaveLength(REPLICAS * apps.length);
    });
    await every(allHealthy);
  });
});

function allHealthy(app: string): Promise<void> {
  return budgetSays(app, {
    ...{ expectedPods: REPLICAS, desiredHealthy: 1, currentHealthy: REPLICAS },
    ...{ disruptionsAllowed: 1, reason: "SufficientPods" },
  });
}

/** Waits until the status of a PodDisruptionBudget, with its condition, says this. */
async function budgetSays(name: string, status: object): Promise<void> {
  await eventually(async () => {
    expect(await budgetStatus(name)).toMatchObject(status);
  });
}

/** The status of a PodDisruptionBudget with its condition DisruptionAllowed. */
async function budgetStatus(name: string): Promise<object> {
  const status = JSON.parse(await stage.get("pdb", name, ".status")) as {
    conditions?: { type: string; reason: string; message: string }[];
  };
  const { reason, message } =
    status.conditions?.find(({ type }) => type === "DisruptionAllowed") ?? {};
  return { ...status, reason, message };
}

/** Whether the Pod could be evicted: "evicted" or why not; it stays where it is. */
async function evict(pod: string): Promise<string> {
  const eviction = {
    ...{ apiVersion: "policy/v1", kind: "Eviction" },
    ...{ metadata: { name: pod, namespace: stage.namespace }, deleteOptions: { dryRun: ["All"] } },
  };
  const path = `/api/v1/namespaces/${stage.namespace}/pods/${pod}/eviction?dryRun=All`;
  try {
    await kubectl.run(["create", "--raw", path, "-f", "-"], JSON.stringify(eviction));
    return "evicted";
  } catch (error) {
    return String(error);
  }
}

async function realPods(app: string): Promise<string[]> {
  const selector = `app=${app},!mycrd.com/fallback-for`;
  const names = await stage.kubectl(
    ...["get", "pods", "-l", selector, "-o", "jsonpath={.items[*].metadata.name}"],
  );
  return names.split(" ").filter(Boolean);
}

/** Asks each of the real Pods itself. */
async function askAll(app: string, path: string): Promise<void> {
  for (const pod of await realPods(app)) {
    await fetch(`http://${await stage.get("pod", pod, ".status.podIP")}:8080${path}`);
  }
}

function deployment(app: string): Controller {
  const object = realDeployment(stage.namespace, app) as Controller;
  return { ...object, spec: { ...object.spec, replicas: REPLICAS } };
}

function budget(name: string, spec: object) {
  const selector = { matchLabels: { app: name } };
  return {
    ...{ apiVersion: "policy/v1", kind: "PodDisruptionBudget" },
    ...{ metadata: { name }, spec: { selector, ...spec } },
  };
}

function autoscaler(name: string) {
  const cpu = { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } };
  return {
    ...{ apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", metadata: { name } },
    spec: {
      ...{ minReplicas: 1, maxReplicas: 5, metrics: [{ type: "Resource", resource: cpu }] },
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
    },
  };
}
