import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { phases, type Poller } from "../../hack/bench/poller";
import { answers, expectHandover, failures } from "./support/answers";
import { operatorReady } from "./support/deploy";
import { eventually, kubectl, Stage } from "./support/stage";
import { WATCHER } from "./support/watcher";

const WEB = { name: "web", port: 80, targetPort: 8080 };
const STANDBY = "service-watcher-shop";
let stage: Stage;
let client: Poller;

beforeEach(async () => {
  stage = await Stage.create();
});
afterEach(() => stage.close());

describe("a Service with a warm standby", () => {
  beforeEach(() => standsBy({ ports: [WEB] }));

  it("is answered by it after a forced deletion, and nobody notices the return", async () => {
    await stage.loseByForce();
    await answers(client, "fallback");
    await backWithoutAFailure();
    expect((await stage.pods()).filter(name => name.includes(STANDBY))).toEqual([`pod/${STANDBY}`]);
  });

  it("fails no request when its last Pod ends gracefully and drains", async () => {
    await stage.scale(0);
    await answers(client, "fallback");
    await backWithoutAFailure();
    expect(failures(client.samples)).toEqual([]);
  });

  it("is answered by it while a crashed container comes back", async () => {
    await crash();
    await answers(client, "fallback");
    await answers(client, "real");
    await client.stop();
    expect(phases(client.samples).filter(answer => answer !== "none")).toContain("fallback");
  });

  it("fails over and back without the operator", async () => {
    await kubectl.run(["scale", ...WATCHER, "--replicas=0"]);
    try {
      const pods = ["-n", "pepr-system", "pod", "-l", "pepr.dev/controller=watcher"];
      await kubectl.run(["wait", "--for=delete", ...pods, "--timeout=60s"]);
      await stage.loseByForce();
      await answers(client, "fallback");
      await backWithoutAFailure();
    } finally {
      await kubectl.run(["scale", ...WATCHER, "--replicas=1"]);
      await operatorReady();
    }
  });

  it("stays answered while lame, whatever becomes of the standby", async () => {
    await stage.scale(0);
    await answers(client, "fallback");
    const begin = Date.now();
    await evictStandby();
    await stage.critical({ standby: "Cold" });
    await eventually(async () => {
      expect(await slicesOfOurs()).toEqual([]);
    });
    await stage.critical({ standby: "Warm" });
    await standbyIs("true");
    const ports = [WEB, { name: "admin", port: 81, targetPort: 8081 }];
    await stage.service({ ports });
    await stage.service({ ports, selector: { app: "shop", tier: "new" } });
    await answers(client, "fallback");
    await client.stop();
    expect(failures(client.since(begin))).toEqual([]);
  });

  it("leaves nothing behind when it is no longer critical", async () => {
    await kubectl.run(["delete", "criticalservice", stage.namespace]);
    await eventually(async () => {
      expect(await slicesOfOurs()).toEqual([]);
      expect((await stage.pods()).filter(name => name.includes(STANDBY))).toEqual([]);
    });
    await client.stop();
    expect(phases(client.samples)).toEqual(["real"]);
  });
});

describe("a warm standby behind a Service", () => {
  it.each([
    ["externalTrafficPolicy: Local", { type: "NodePort", externalTrafficPolicy: "Local" }],
    ["internalTrafficPolicy: Local", { internalTrafficPolicy: "Local" }],
    ["sessionAffinity: ClientIP", { sessionAffinity: "ClientIP" }],
  ])("with %s answers, and gives back", async (_, spec) => {
    await standsBy(spec);
    const clients = [client, ...("type" in spec ? [await stage.pollNodePort()] : [])];
    await stage.loseByForce();
    await Promise.all(clients.map(one => answers(one, "fallback")));
    const begin = Date.now();
    await stage.scale(1);
    await Promise.all(clients.map(one => answers(one, "real")));
    for (const one of clients) {
      await one.stop();
      expectHandover(one.since(begin), "fallback", "real");
    }
  });

  it("that publishes addresses which are not Ready stays at rest while there is any Pod", async () => {
    await standsBy({ publishNotReadyAddresses: true });
    await ask("/unready");
    await eventually(async () => {
      const ready = `.items[?(@.metadata.labels.app=="shop")].status.containerStatuses[0].ready`;
      expect(await stage.kubectl("get", "pods", "-o", `jsonpath={${ready}}`)).toBe("false");
    });
    await answers(client, "real");
    await standbyIs("false");
    await stage.scale(0);
    await answers(client, "fallback");
    await standbyIs("true");
  });

  it("that is headless is listed as ready while it is lame, for DNS to find", async () => {
    await stage.realPods();
    await stage.service({ clusterIP: "None" });
    await stage.critical({ standby: "Warm" });
    await stage.kubectl("rollout", "status", "deployment/shop", "--timeout=60s");
    await standbyIs("false");
    await stage.scale(0);
    await standbyIs("true");
    expect(await eventually(() => stage.readyPods())).toEqual([STANDBY]);
  });
});

/** A Service that its real Pod answers, with a standby at rest. */
async function standsBy(spec: object = {}): Promise<void> {
  await stage.realPods();
  await stage.service(spec);
  await stage.critical({ standby: "Warm" });
  await stage.kubectl("rollout", "status", "deployment/shop", "--timeout=60s");
  await standbyIs("false");
  await answers(await stage.poll(), "real");
  client = await stage.poll();
  await answers(client, "real");
}

/** Waits until the standby's endpoint is listed, and says this of `ready`. */
async function standbyIs(ready: "true" | "false"): Promise<void> {
  await eventually(async () => {
    expect(await slicesOfOurs()).toEqual([ready]);
  });
}

/** What `ready` is for each endpoint in the EndpointSlices of ours; "" for a slice without one. */
async function slicesOfOurs(): Promise<string[]> {
  const label = "endpointslice.kubernetes.io/managed-by=critical-service-operator.mycrd.com";
  const path = `jsonpath={range .items[*]}{.endpoints[*].conditions.ready}{"\\n"}{end}`;
  const lines = await stage.kubectl("get", "endpointslices", "-l", label, "-o", path);
  return lines.split("\n").slice(0, -1);
}

async function backWithoutAFailure(): Promise<void> {
  const begin = Date.now();
  await stage.scale(1);
  await answers(client, "real");
  await client.stop();
  expectHandover(client.since(begin), "fallback", "real");
}

async function crash(): Promise<void> {
  await ask("/crash").catch((error: unknown) => {
    // It ends before it answers.
    expect(error).toBeInstanceOf(TypeError);
  });
}

/** Asks the real Pod itself. */
async function ask(path: string): Promise<void> {
  const ip = await stage.kubectl("get", "pods", "-l", "app=shop", "-o", "jsonpath={..podIP}");
  await fetch(`http://${ip.split(" ")[0]}:8080${path}`);
}

/** Evicts the standby Pod as a drain of its Node would, and waits for the next one to be listed. */
async function evictStandby(): Promise<void> {
  const eviction = {
    apiVersion: "policy/v1",
    kind: "Eviction",
    metadata: { name: STANDBY, namespace: stage.namespace },
  };
  const path = `/api/v1/namespaces/${stage.namespace}/pods/${STANDBY}/eviction`;
  await kubectl.run(["create", "--raw", path, "-f", "-"], JSON.stringify(eviction));
  await eventually(async () => {
    expect(await stage.readyPods()).not.toContain(STANDBY);
    expect(await stage.readyPods()).toHaveLength(1);
  });
}
