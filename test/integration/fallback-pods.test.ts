import { K8s, kind } from "kubernetes-fluent-client";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { isNot, Playground, useSharedCluster } from "../support/play";

const FALLBACK = "service-watcher-shop";
let play: Playground;

beforeAll(useSharedCluster);
beforeEach(async () => {
  play = await Playground.create();
});

describe("a fallback Pod", () => {
  it("is started anew when somebody deletes it", async () => {
    const before = await protectedService();
    await play.deletePod(FALLBACK);
    await play.fallbackServes("shop", isNot(before));
  });

  it("is started anew when it failed", async () => {
    const before = await protectedService();
    await play.setStatus(FALLBACK, { phase: "Failed", reason: "Evicted" });
    await play.fallbackServes("shop", isNot(before));
  });

  it("is not adopted by a ReplicaSet with the same selector", async () => {
    const before = await protectedService();
    await K8s(kind.ReplicaSet).Apply({
      metadata: { namespace: play.namespace, name: "web" },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: "shop" } },
        template: {
          metadata: { labels: { app: "shop" } },
          spec: { containers: [{ name: "app", image: "nginx" }] },
        },
      },
    });
    await play.fallbackGone("shop");
    expect(before.metadata?.ownerReferences).toMatchObject([
      { kind: "Service", name: "shop", controller: true },
    ]);
    const { items } = await K8s(kind.Pod).InNamespace(play.namespace).Get();
    expect(items.map(pod => pod.metadata?.ownerReferences?.[0]?.kind)).toEqual(["ReplicaSet"]);
  });
});

describe("a foreign Pod with the fallback's name", () => {
  it("is left alone, with a warning that says what to do; the name freed, the fallback starts", async () => {
    const foreign = await play.pod(FALLBACK, "something-else");
    await play.criticalService("shop");
    await play.service("shop");
    const warning = await play.operatorSays(
      `Service shop from Namespace ${play.namespace}: Pod ${FALLBACK} is there`,
    );
    expect(warning.level).toBe(40);
    expect(warning.msg).toContain("rename or delete it, or set POD_NAME_PREFIX");
    expect((await play.find(FALLBACK))?.metadata?.uid).toBe(foreign.metadata?.uid);

    await play.deletePod(FALLBACK);
    await play.fallbackServes("shop");
  });

  it("counts as a Pod of the Service's own if the selector finds it", async () => {
    await play.criticalService("shop");
    await play.pod(FALLBACK, "shop");
    await play.service("shop");
    await play.operatorCaughtUp();
    await play.operatorCaughtUp();
    const pod = await play.find(FALLBACK);
    expect(pod?.metadata?.deletionTimestamp).toBeUndefined();
    expect(pod?.metadata?.annotations ?? {}).not.toHaveProperty("service-watcher");
  });

  it("is left alone even if it carries the operator's label", async () => {
    await play.service("shop");
    await K8s(kind.Pod).Create({
      metadata: {
        namespace: play.namespace,
        name: "impostor",
        labels: { "mycrd.com/fallback-for": "shop" },
      },
      spec: { containers: [{ name: "app", image: "nginx" }] },
    });
    await play.operatorCaughtUp();
    expect(await play.find("impostor")).toBeDefined();
  });
});

async function protectedService(): Promise<kind.Pod> {
  await play.criticalService("shop");
  await play.service("shop");
  return play.fallbackServes("shop");
}
