import { K8s, kind } from "kubernetes-fluent-client";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CriticalService } from "../../capabilities/cluster/critical-services";
import { isNot, Playground, useSharedCluster } from "../support/play";

let play: Playground;

beforeAll(useSharedCluster);
beforeEach(async () => {
  play = await Playground.create();
});

describe("a CriticalService", () => {
  it("protects Services that are lame when it is created", async () => {
    await play.service("shop");
    await play.operatorCaughtUp();
    expect(await play.find("service-watcher-shop")).toBeUndefined();
    await play.criticalService("shop");
    await play.fallbackServes("shop");
  });

  it("names Services by their labels, not by its own name", async () => {
    await play.service("shop");
    await play.service("cart");
    await play.criticalService("cart", "shop");
    await play.fallbackServes("cart");
    expect(await play.find("service-watcher-shop")).toBeUndefined();
  });

  it("needs all of its labels on the Service", async () => {
    await play.service("shop");
    await apply("both", {
      namespace: play.namespace,
      matchLabels: [
        { key: "app", value: "shop" },
        { key: "tier", value: "front" },
      ],
    });
    await play.operatorCaughtUp();
    expect(await play.find("service-watcher-shop")).toBeUndefined();
    await play.patchService("shop", { metadata: { labels: { tier: "front" } } });
    await play.fallbackServes("shop");
  });

  it("lets go of a Service when it is deleted", async () => {
    const name = await play.criticalService("shop");
    await play.service("shop");
    await play.fallbackServes("shop");
    await K8s(CriticalService).Delete(name);
    await play.fallbackGone("shop");
  });

  it("lets go of one Service and takes another when it is changed", async () => {
    await play.service("shop");
    await play.service("cart");
    await play.criticalService("shop", "main");
    await play.fallbackServes("shop");
    await play.criticalService("cart", "main");
    await play.fallbackServes("cart");
    await play.fallbackGone("shop");
  });

  it("is one of several that protect a Service: the last one counts", async () => {
    await play.service("shop");
    const first = await play.criticalService("shop", "first");
    const second = await play.criticalService("shop", "second");
    const before = await play.fallbackServes("shop");

    await K8s(CriticalService).Delete(first);
    await play.operatorCaughtUp();
    expect((await play.fallbackServes("shop")).metadata?.uid).toBe(before.metadata?.uid);

    await K8s(CriticalService).Delete(second);
    await play.fallbackGone("shop");
  });

  it("protects many Services", async () => {
    const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    const team = { metadata: { labels: { team: "shop" } } };
    await Promise.all(names.map(name => play.service(name)));
    await Promise.all(names.map(name => play.patchService(name, team)));
    const matchLabels = [{ key: "team", value: "shop" }];
    await apply("team", { namespace: play.namespace, matchLabels });
    await Promise.all(names.map(name => play.fallbackServes(name)));
  });

  it("without a namespace protects Services of every namespace", async () => {
    const other = await Playground.create();
    const key = `team-${play.namespace}`;
    const labels = { metadata: { labels: { [key]: "shop" } } };
    for (const each of [play, other]) {
      await each.service("shop");
      await each.patchService("shop", labels);
    }
    await apply("everywhere", { matchLabels: [{ key, value: "shop" }] });
    await play.fallbackServes("shop");
    await other.fallbackServes("shop");
  });
});

describe("a Service under a CriticalService", () => {
  beforeEach(async () => {
    await play.criticalService("shop");
    await play.service("shop");
    await play.fallbackServes("shop");
  });

  it("takes its fallback along when it is deleted", async () => {
    await K8s(kind.Service).InNamespace(play.namespace).Delete("shop");
    await play.fallbackGone("shop");
  });

  it("loses its fallback with the label that made it critical", async () => {
    await play.patchService("shop", { metadata: { labels: { app: null } } });
    await play.fallbackGone("shop");
  });

  it("loses its fallback when it becomes an ExternalName", async () => {
    await play.patchService("shop", {
      spec: { type: "ExternalName", externalName: "shop.example.com", clusterIP: null },
    });
    await play.fallbackGone("shop");
  });

  it("loses its fallback when it has no selector any more", async () => {
    await play.patchService("shop", { spec: { selector: null } });
    await play.fallbackGone("shop");
  });

  it("gets a fallback that its new selector finds", async () => {
    const before = await play.fallbackServes("shop");
    await play.patchService("shop", { spec: { selector: { app: null, role: "shop" } } });
    const after = await play.fallbackServes("shop", isNot(before));
    expect(after.metadata?.labels).toMatchObject({ role: "shop" });
  });

  it("gets a new fallback when it is deleted and made again", async () => {
    const before = await play.fallbackServes("shop");
    await K8s(kind.Service).InNamespace(play.namespace).Delete("shop");
    await play.service("shop");
    await play.fallbackServes("shop", isNot(before));
  });
});

async function apply(name: string, spec: object): Promise<void> {
  await K8s(CriticalService).Apply({
    metadata: { name: `${play.namespace}-${name}` },
    spec,
  } as InstanceType<typeof CriticalService>);
}
