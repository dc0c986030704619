import { K8s, kind } from "kubernetes-fluent-client";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CriticalService } from "../../capabilities/cluster/critical-services";
import { eventually, operatorLog, Playground, said, useSharedCluster } from "../support/play";

let play: Playground;

beforeAll(useSharedCluster);
beforeEach(async () => {
  play = await Playground.create();
});

describe("two Services with the same selector", () => {
  it("each keep a fallback of their own, though each finds the other's too", async () => {
    await play.service("shop");
    await headless();
    await play.criticalService("shop");
    await play.criticalService("shop-headless");
    const shop = await play.fallbackServes("shop");
    const other = await play.fallbackServes("shop-headless");
    await play.operatorCaughtUp();
    expect((await play.fallbackServes("shop")).metadata?.uid).toBe(shop.metadata?.uid);
    expect((await play.fallbackServes("shop-headless")).metadata?.uid).toBe(other.metadata?.uid);
    await play.pod("web", "shop");
    await play.fallbackGone("shop");
    await play.fallbackGone("shop-headless");
  });

  it("are both lame while the fallback of one answers", async () => {
    await play.service("shop");
    await headless();
    await play.criticalService("shop");
    await play.fallbackServes("shop");
    await play.operatorCaughtUp();
    const recovery = `Service shop-headless from Namespace ${play.namespace} now has`;
    expect(() => said(operatorLog(), recovery)).toThrow();
  });
});

describe("a change that is refused while the fallback answers", () => {
  it("is told in the status", async () => {
    const name = await play.criticalService("shop");
    await play.service("shop");
    await play.fallbackServes("shop");
    await K8s(CriticalService).Apply(
      {
        metadata: { name },
        spec: {
          namespace: play.namespace,
          matchLabels: [{ key: "app", value: "shop" }],
          podTemplate: { namespace: play.namespace, name: "none" },
        },
      } as unknown as InstanceType<typeof CriticalService>,
      { force: true },
    );
    await eventually(async () => {
      const { status } = await K8s(CriticalService).Get(name);
      expect(JSON.stringify(status)).toContain("there is no PodTemplate");
    });
  });
});

/** A headless Service beside the Service "shop", as StatefulSets have one. */
async function headless(): Promise<void> {
  await K8s(kind.Service).Apply({
    metadata: {
      namespace: play.namespace,
      name: "shop-headless",
      labels: { app: "shop-headless" },
    },
    spec: { selector: { app: "shop" }, clusterIP: "None", ports: [{ port: 80, targetPort: 8080 }] },
  });
}
