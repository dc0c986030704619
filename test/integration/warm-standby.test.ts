import { K8s, kind } from "kubernetes-fluent-client";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CriticalService } from "../../capabilities/cluster/critical-services";
import { MANAGED_BY } from "../../capabilities/domain/standby-slice";
import { eventually, Playground, useSharedCluster } from "../support/play";

const AT_REST = { ready: false, serving: true, terminating: true };
const ANSWERING = { ready: true, serving: true, terminating: false };
let play: Playground;

beforeAll(useSharedCluster);
beforeEach(async () => {
  play = await Playground.create();
});

describe("a warm standby", () => {
  it("runs beside the real Pods, tied to the Service by an EndpointSlice at rest", async () => {
    await critical("Warm");
    await play.pod("web", "shop");
    await play.service("shop");
    const slice = await sliceIs(AT_REST);
    const { metadata, spec, status } = await theFallback();
    expect(metadata?.labels).not.toHaveProperty("app");
    expect(slice).toMatchObject({
      metadata: { ownerReferences: [{ kind: "Service", name: "shop" }] },
      addressType: "IPv4",
      endpoints: [
        {
          addresses: [status?.podIP],
          nodeName: spec?.nodeName,
          targetRef: { kind: "Pod", name: metadata?.name, uid: metadata?.uid },
        },
      ],
      ports: [{ port: 8080, protocol: "TCP" }],
    });
    await play.operatorSays("Standby endpoint published");
  });

  it("is turned to ready at the loss, and to rest at the return; its Pod stays", async () => {
    await critical("Warm");
    await play.pod("web", "shop");
    await play.service("shop");
    await sliceIs(AT_REST);
    const before = await theFallback();
    await play.deletePod("web");
    await sliceIs(ANSWERING);
    await play.pod("web", "shop");
    await sliceIs(AT_REST);
    expect((await theFallback()).metadata?.uid).toBe(before.metadata?.uid);
  });

  it("answers for a Service that never had a Pod", async () => {
    await play.service("shop");
    await critical("Warm");
    await sliceIs(ANSWERING);
  });

  it("follows the Service's ports without a new Pod", async () => {
    await critical("Warm", { page: {} });
    await play.service("shop");
    await sliceIs(ANSWERING);
    const before = await theFallback();
    const ports = [
      { name: "http", port: 80, targetPort: 80 },
      { name: "admin", port: 81, targetPort: "admin" },
      { name: "dns", port: 53, targetPort: 53, protocol: "UDP" },
    ];
    await play.patchService("shop", { spec: { ports } });
    await eventually(async () => {
      const [slice] = await slices();
      expect(slice?.ports?.map(({ name, port }) => `${name}:${port}`)).toEqual([
        "http:8080",
        "admin:8080",
      ]);
    });
    expect((await theFallback()).metadata?.uid).toBe(before.metadata?.uid);
  });

  it("of a PodTemplate answers on the Service's target ports, by number and by name", async () => {
    await K8s(kind.PodTemplate).Apply({
      metadata: { namespace: play.namespace, name: "own" },
      template: {
        metadata: { labels: { app: "shop", tier: "standby" } },
        spec: {
          containers: [
            {
              name: "db",
              image: "example.com/db:1",
              ports: [{ name: "sql", containerPort: 5432 }],
            },
          ],
        },
      },
    } as kind.PodTemplate);
    await critical("Warm", { podTemplate: { namespace: play.namespace, name: "own" } });
    await play.service("shop");
    const ports = [
      { name: "a", port: 1, targetPort: 6543 },
      { name: "b", port: 2, targetPort: "sql" },
      { name: "c", port: 3, targetPort: "unknown" },
    ];
    await play.patchService("shop", { spec: { ports } });
    await eventually(async () => {
      const [slice] = await slices();
      expect(slice?.ports?.map(({ name, port }) => `${name}:${port}`)).toEqual([
        "a:6543",
        "b:5432",
      ]);
    });
    const { metadata } = await theFallback();
    expect(metadata?.labels).toMatchObject({ tier: "standby" });
    expect(metadata?.labels).not.toHaveProperty("app");
  });

  it("is started anew when its Pod is evicted, and listed when that is Ready", async () => {
    await critical("Warm");
    await play.service("shop");
    await sliceIs(ANSWERING);
    const before = await theFallback();
    await K8s(kind.Pod)
      .InNamespace(play.namespace)
      .Evict(before.metadata?.name ?? "");
    await eventually(async () => {
      const [slice] = await slices();
      expect(slice?.endpoints[0]?.targetRef?.uid).not.toBe(before.metadata?.uid);
      expect(slice?.endpoints[0]?.conditions).toEqual(ANSWERING);
    });
  });

  it("goes with its CriticalService, and so does its EndpointSlice", async () => {
    await critical("Warm");
    await play.pod("web", "shop");
    await play.service("shop");
    await sliceIs(AT_REST);
    await K8s(CriticalService).Delete(play.namespace);
    await nothingLeft();
  });

  it("goes with its Service, and so does its EndpointSlice", async () => {
    await critical("Warm");
    await play.service("shop");
    await sliceIs(ANSWERING);
    await K8s(kind.Service).InNamespace(play.namespace).Delete("shop");
    await nothingLeft();
  });

  it("leaves an EndpointSlice alone that only has its name, and says so", async () => {
    await K8s(kind.EndpointSlice).Apply({
      metadata: { namespace: play.namespace, name: "service-watcher-shop-ipv4" },
      addressType: "IPv4",
      endpoints: [],
      ports: [],
    } as unknown as kind.EndpointSlice);
    await critical("Warm");
    await play.pod("web", "shop");
    await play.service("shop");
    await play.operatorSays(
      `Service shop from Namespace ${play.namespace}: EndpointSlice service-watcher-shop-ipv4 is there`,
    );
    await K8s(kind.EndpointSlice).InNamespace(play.namespace).Delete("service-watcher-shop-ipv4");
    await sliceIs(AT_REST);
  });
});

describe("a change of standby", () => {
  it("from Cold to Warm and back has no gap while the Service is lame", async () => {
    await play.service("shop");
    await critical("Cold");
    const cold = await play.fallbackServes("shop");
    const moments = new Moments();
    await critical("Warm");
    await moments.watchUntil(async () => {
      const [slice] = await slices();
      expect(slice?.endpoints[0]?.conditions).toEqual(ANSWERING);
      expect(await play.find(cold.metadata?.name ?? "")).toBeUndefined();
    });
    await critical("Cold");
    await moments.watchUntil(async () => {
      expect(await slices()).toEqual([]);
      expect(await play.fallbacks("shop")).toHaveLength(1);
    });
    await play.fallbackServes("shop");
    expect(moments.withNobody).toBe(0);
    expect(moments.seen).toBeGreaterThan(0);
  });

  it("while the Service is well starts the standby, and takes it away again", async () => {
    await play.pod("web", "shop");
    await play.service("shop");
    await critical("Cold");
    await critical("Warm");
    await sliceIs(AT_REST);
    await critical("Cold");
    await nothingLeft();
  });
});

/** Looks at who is behind the Service, again and again. */
class Moments {
  seen = 0;
  withNobody = 0;

  async watchUntil(check: () => Promise<void>): Promise<void> {
    await eventually(async () => {
      this.seen++;
      if ((await play.podsBehind("shop")).length === 0) {
        this.withNobody++;
      }
      await check();
    });
  }
}

/** The Service's EndpointSlices of ours. */
async function slices(): Promise<kind.EndpointSlice[]> {
  const { items } = await K8s(kind.EndpointSlice)
    .InNamespace(play.namespace)
    .WithLabel(MANAGED_BY.label, MANAGED_BY.value)
    .Get();
  return items;
}

/** Waits until the one EndpointSlice of ours lists an endpoint with these conditions. */
async function sliceIs(conditions: object): Promise<kind.EndpointSlice> {
  return eventually(async () => {
    const found = await slices();
    const slice = onlyOne(found);
    expect(slice.endpoints.map(endpoint => endpoint.conditions)).toEqual([conditions]);
    return slice;
  });
}

async function theFallback(): Promise<kind.Pod> {
  return onlyOne(await play.fallbacks("shop"));
}

function onlyOne<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined || items.length > 1) {
    throw new Error(`There are ${items.length}, not one`);
  }
  return item;
}

async function nothingLeft(): Promise<void> {
  await eventually(async () => {
    expect(await slices()).toEqual([]);
    expect(await play.fallbacks("shop")).toEqual([]);
  });
}

async function critical(standby: "Cold" | "Warm", spec: object = {}): Promise<void> {
  await K8s(CriticalService).Apply(
    {
      metadata: { name: play.namespace },
      spec: {
        namespace: play.namespace,
        matchLabels: [{ key: "app", value: "shop" }],
        standby,
        ...spec,
      },
    } as unknown as InstanceType<typeof CriticalService>,
    { force: true },
  );
}
