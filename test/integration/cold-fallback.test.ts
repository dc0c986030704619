import { K8s, kind } from "kubernetes-fluent-client";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventually, operatorLog, Playground, useSharedCluster } from "../support/play";

let play: Playground;

beforeAll(useSharedCluster);
beforeEach(async () => {
  play = await Playground.create();
});

describe("a lame critical Service", () => {
  it("gets a fallback Pod if it is lame when it is created", async () => {
    await play.criticalService("shop");
    await play.service("shop");
    const pod = await play.fallbackServes("shop");
    expect(pod.metadata?.labels).toMatchObject({ app: "shop" });
    expect(pod.metadata?.annotations).toMatchObject({ "service-watcher": "owned" });
    expect(pod.spec?.containers[0]?.image).toBe("nginxinc/nginx-unprivileged:1.29-alpine");
  });

  it("is warned about in the original's words, and so is its recovery", async () => {
    const { namespace } = play;
    await play.service("shop");
    const warning = await play.operatorSays(
      `Service shop from Namespace ${namespace} has no selected POD`,
    );
    expect(warning.level).toBe(40);
    await play.pod("web", "shop");
    await play.operatorSays(`Service shop from Namespace ${namespace} now has 1 selected POD(s)`);
  });

  it("gets it when its last Pod goes, and loses it when a Pod is Ready again", async () => {
    await play.criticalService("shop");
    await play.pod("web", "shop");
    await play.service("shop");
    await play.operatorCaughtUp();
    expect(await play.find("service-watcher-shop")).toBeUndefined();

    await play.deletePod("web");
    await play.fallbackServes("shop");

    const web = await play.pod("web", "shop");
    await play.fallbackGone("shop");
    expect(await play.podsBehind("shop")).toEqual([web.metadata?.uid]);
  });

  it("keeps it until a real Pod is Ready, not only there", async () => {
    await play.criticalService("shop");
    await play.service("shop");
    const before = await play.fallbackServes("shop");

    await play.pod("web", "shop", { ready: false });
    await play.operatorCaughtUp();
    const after = await play.fallbackServes("shop");
    expect(after.metadata?.uid).toBe(before.metadata?.uid);

    await play.setReady("web", true);
    await play.fallbackGone("shop");
  });

  it("gets it when its Pods are there but none is Ready", async () => {
    await play.criticalService("shop");
    await play.service("shop");
    await play.fallbackServes("shop");
    await play.pod("web", "shop");
    await play.fallbackGone("shop");

    await play.setReady("web", false);
    await play.fallbackServes("shop");
    const { namespace } = play;
    await play.operatorSays(
      `Service shop from Namespace ${namespace} has no Ready POD: none of its 1 selected POD(s) is Ready`,
    );
  });

  it("is told apart from a Service of the same name in another namespace", async () => {
    const other = await Playground.create();
    await play.criticalService("shop");
    await play.service("shop");
    await other.service("shop");
    await play.fallbackServes("shop");
    await other.operatorCaughtUp();
    expect(await other.find("service-watcher-shop")).toBeUndefined();

    await other.pod("web", "shop");
    await other.operatorSays(`Service shop from Namespace ${other.namespace} now has 1`);
    await play.fallbackServes("shop");
  });

  it("needs its fallback only between two sets of Pods in a rollout", async () => {
    await play.criticalService("shop");
    await play.service("shop");
    await deployment(play.namespace, "1");
    await play.fallbackGone("shop");
    await eventualVersion("1");

    await deployment(play.namespace, "2");
    await eventualVersion("2");
    await play.fallbackGone("shop");
    await play.operatorCaughtUp();
    expect((await pods()).every(({ metadata }) => metadata?.labels?.version === "2")).toBe(true);
  });

  it("is left to other Services' warnings: each is logged once", async () => {
    await play.service("shop");
    await play.operatorCaughtUp();
    await play.operatorCaughtUp();
    const text = `Service shop from Namespace ${play.namespace} has no selected POD`;
    expect(operatorLog().filter(({ msg }) => msg === text)).toHaveLength(1);
  });
});

/** A Deployment that ends all its Pods before it starts new ones. */
async function deployment(namespace: string, version: string): Promise<void> {
  await K8s(kind.Deployment).Apply({
    metadata: { namespace, name: "web" },
    spec: {
      replicas: 2,
      strategy: { type: "Recreate" },
      selector: { matchLabels: { app: "shop" } },
      template: {
        metadata: { labels: { app: "shop", version } },
        spec: { containers: [{ name: "app", image: "nginx" }] },
      },
    },
  });
}

async function pods(): Promise<kind.Pod[]> {
  return (await K8s(kind.Pod).InNamespace(play.namespace).Get()).items;
}

async function eventualVersion(version: string): Promise<void> {
  await eventually(async () => {
    const uids = (await pods())
      .filter(({ metadata }) => metadata?.labels?.version === version)
      .map(({ metadata }) => metadata?.uid);
    expect((await play.podsBehind("shop")).sort()).toEqual(uids.sort());
    expect(uids).toHaveLength(2);
  });
}
