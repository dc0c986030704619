import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { phases, type Poller, type Sample } from "../../hack/bench/poller";
import { answers, expectHandover, failures } from "./support/answers";
import { eventually, kubectl, Stage } from "./support/stage";

const FALLBACK = "service-watcher-shop";
let stage: Stage;

beforeEach(async () => {
  stage = await Stage.create();
});
afterEach(() => stage.close());

describe("the article's scenario", () => {
  it("a Service without a Pod answers through its ClusterIP and its NodePort", async () => {
    await stage.service({ type: "NodePort" });
    const clients = [await stage.poll(), await stage.pollNodePort()];
    await Promise.all(clients.map(client => answers(client, "none")));
    await stage.critical();
    await Promise.all(clients.map(client => answers(client, "fallback")));
    const begin = Date.now();
    await stage.realPods();
    await Promise.all(clients.map(client => answers(client, "real")));
    await fallbackGone();
    for (const client of clients) {
      await client.stop();
      expect(phases(client.samples).slice(0, 2)).toEqual(["none", "fallback"]);
      expectHandover(client.since(begin), "fallback", "real");
    }
  });
});

describe("a critical Service whose last Pod", () => {
  let client: Poller;

  beforeEach(async () => {
    await stage.realPods();
    await stage.kubectl("rollout", "status", "deployment/shop", "--timeout=60s");
    await stage.service();
    await answers(await stage.poll(), "real");
    await stage.critical();
    client = await stage.poll();
    await answers(client, "real");
  });

  it("is deleted by force gets the fallback, and nobody notices the return", async () => {
    await stage.loseByForce();
    await answers(client, "fallback");
    await backWithoutAFailure(client, () => stage.scale(1));
  });

  it("ends gracefully and drains gets the fallback without one failed request", async () => {
    await stage.scale(0);
    await answers(client, "fallback");
    await backWithoutAFailure(client, () => stage.scale(1));
    expectCovered(client.samples);
  });

  it("crashes gets the fallback until the container is back", async () => {
    await ask("/crash");
    await answers(client, "fallback");
    const begin = Date.now();
    await answers(client, "real");
    await fallbackGone();
    await client.stop();
    expectHandover(client.since(begin), "fallback", "real");
  });

  it("is no longer Ready gets the fallback, and nobody notices the return", async () => {
    const begin = Date.now();
    await ask("/unready");
    await answers(client, "fallback");
    // The probe asks the Pod itself; so does this, since the Service no longer leads there.
    await backWithoutAFailure(client, () => ask("/ready"));
    expect(client.since(begin).some(({ answer }) => answer === "fallback")).toBe(true);
  });

  it("is replaced in a rollout that ends all Pods first is covered meanwhile", async () => {
    const strategy = { type: "Recreate", rollingUpdate: null };
    await stage.kubectl("patch", "deployment/shop", "-p", JSON.stringify({ spec: { strategy } }));
    await stage.kubectl("set", "env", "deployment/shop", "VERSION=2");
    await answers(client, "fallback");
    await answers(client, "real");
    await fallbackGone();
    await client.stop();
    expectCovered(client.samples);
  });

  it("is replaced in a rolling update needs no fallback", async () => {
    await stage.kubectl("set", "env", "deployment/shop", "VERSION=2");
    await stage.kubectl("rollout", "status", "deployment/shop", "--timeout=60s");
    await client.stop();
    expect(phases(client.samples)).toEqual(["real"]);
    expect((await stage.pods()).filter(name => name.includes(FALLBACK))).toEqual([]);
  });

  it("is gone loses the fallback with its CriticalService", async () => {
    await stage.scale(0);
    await answers(client, "fallback");
    await kubectl.run(["delete", "criticalservice", stage.namespace]);
    await answers(client, "none");
    await eventually(async () => {
      expect(await stage.pods()).toEqual([]);
    });
  });

  it("is gone while the operator is killed has one fallback in the end, and no orphan", async () => {
    const watcher = ["-n", "pepr-system", "-l", "pepr.dev/controller=watcher"];
    const foreign = await stage.kubectl(
      "run",
      "foreign",
      "--image=docker.io/library/nginx:latest",
      "--image-pull-policy=IfNotPresent",
      "-o",
      "jsonpath={.metadata.uid}",
    );
    await Promise.all([
      stage.scale(0),
      kubectl.run(["delete", "pod", ...watcher, "--force", "--grace-period=0"]),
    ]);
    await answers(client, "fallback");
    expect(await eventually(() => onlyReadyPod())).toBe(FALLBACK);
    expect((await stage.pods()).filter(name => name.includes(FALLBACK))).toHaveLength(1);
    expect(await stage.get("pod", "foreign", ".metadata.uid")).toBe(foreign);
    await backWithoutAFailure(client, () => stage.scale(1));
  });
});

describe("Services of every form", () => {
  it("of the same name in two namespaces are told apart", async () => {
    const other = await Stage.create();
    try {
      await Promise.all([stage.service(), other.service(), stage.critical()]);
      const [mine, theirs] = [await stage.poll(), await other.poll()];
      await answers(mine, "fallback");
      await answers(theirs, "none");
      expect(await other.pods()).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it("that are headless lead to the fallback Pod by their EndpointSlice", async () => {
    await stage.service({ clusterIP: "None" });
    await stage.critical();
    expect(await eventually(() => onlyReadyPod())).toBe(FALLBACK);
  });

  it("with named ports reach the fallback's port of that name", async () => {
    const ports = [
      { name: "http", port: 80, targetPort: "web" },
      { name: "admin", port: 81, targetPort: "admin" },
    ];
    await stage.service({ ports });
    await stage.critical();
    await answers(await stage.poll(), "fallback");
    const label = "kubernetes.io/service-name=shop";
    const path = "jsonpath={.items[0].ports[*].port}";
    const targets = await stage.kubectl("get", "endpointslices", "-l", label, "-o", path);
    expect(targets.split(" ").sort()).toEqual(["8080", "8081"]);
  });
});

/** Every request was answered, by the fallback in between. */
function expectCovered(samples: readonly Sample[]): void {
  expect(failures(samples)).toEqual([]);
  expect(phases(samples).slice(0, 2)).toEqual(["real", "fallback"]);
  expect(phases(samples).at(-1)).toBe("real");
}

async function backWithoutAFailure(client: Poller, bringBack: () => Promise<unknown>) {
  const begin = Date.now();
  await bringBack();
  await answers(client, "real");
  await fallbackGone();
  await client.stop();
  expectHandover(client.since(begin), "fallback", "real");
}

async function fallbackGone(): Promise<void> {
  await eventually(async () => {
    expect((await stage.pods()).filter(name => name.includes(FALLBACK))).toEqual([]);
  });
}

async function onlyReadyPod(): Promise<string | undefined> {
  const ready = await stage.readyPods();
  expect(ready).toHaveLength(1);
  return ready[0];
}

/** Asks the real Pod itself. */
async function ask(path: string): Promise<void> {
  const names = (await stage.pods()).filter(name => !name.includes(FALLBACK));
  const ip = await stage.kubectl("get", names[0] ?? "", "-o", "jsonpath={.status.podIP}");
  await fetch(`http://${ip}:8080${path}`).catch((error: unknown) => {
    // It ends before it answers.
    expect(path).toBe("/crash");
    expect(error).toBeInstanceOf(TypeError);
  });
}
