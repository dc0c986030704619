import { K8s, kind } from "kubernetes-fluent-client";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CriticalService } from "../../capabilities/cluster/critical-services";
import { freePort } from "../../hack/control-plane/ports";
import type { OperatorProcess } from "../../hack/operator";
import { operatorRequests } from "../support/audit";
import { openCluster, type Cluster } from "../support/cluster";
import { scrape } from "../support/metrics";
import { eventually, Playground } from "../support/play";

let cluster: Cluster;
let play: Playground;
let operators: OperatorProcess[];
let ports: number[];

beforeAll(async () => {
  cluster = await openCluster();
  process.env.KUBECONFIG = cluster.controlPlane.kubeconfig;
});
afterAll(() => cluster.close());

beforeEach(async () => {
  ports = [await freePort(), await freePort()];
  operators = await Promise.all(ports.map(port => cluster.startOperator({ PORT: String(port) })));
  await cluster.crdServed();
  play = await Playground.create();
  await play.criticalService("shop");
});
afterEach(() => Promise.all(operators.map(operator => operator.stop("SIGKILL"))));

describe("two operators", () => {
  it("start one fallback for each loss, and count it once in the Events", async () => {
    await play.service("shop");
    await play.fallbackServes("shop");
    await caughtUp();
    for (const pod of ["web-1", "web-2"]) {
      await play.pod(pod, "shop");
      await play.fallbackGone("shop");
      await caughtUp();
      await play.deletePod(pod);
      await play.fallbackServes("shop");
      await caughtUp();
    }
    await eventually(async () => {
      expect(await counts()).toEqual({ FallbackActive: 3, FallbackReleased: 2 });
    });
    const started = writes().filter(write => write === "create pods service-watcher-shop 201");
    expect(started).toHaveLength(3);
  });

  it("write nothing once all is as it is to be, however often they look", async () => {
    await play.service("shop");
    await play.fallbackServes("shop");
    await statusIs(`${play.namespace}-shop`, { active: 1 });
    await eventually(async () => {
      expect(await counts()).toEqual({ FallbackActive: 1 });
    });
    await secondLook("first");
    const before = writes();
    await secondLook("second");
    expect(
      writes()
        .slice(before.length)
        .filter(write => write.includes("shop")),
    ).toEqual([]);
  });

  it("are one too many for nothing to get lost when one is killed", async () => {
    for (const name of ["cart", "api"]) {
      await play.criticalService(name);
    }
    await play.pod("cart-0", "cart");
    await Promise.all(["shop", "cart", "api"].map(name => play.service(name)));
    await play.fallbackServes("shop");
    await play.fallbackServes("api");
    await caughtUp();
    await Promise.all(ports.map(knowsOneThatIsWell));
    await Promise.all([
      operators.shift()?.stop("SIGKILL"),
      play.deletePod("cart-0"),
      play.pod("shop-0", "shop"),
      K8s(CriticalService).Delete(`${play.namespace}-api`),
    ]);
    await play.fallbackServes("cart");
    await play.fallbackGone("shop");
    await play.fallbackGone("api");
    await statusIs(`${play.namespace}-cart`, { active: 1 });
    await statusIs(`${play.namespace}-shop`, { lame: 0 });
    await eventually(async () => {
      expect(await counts("cart")).toEqual({ FallbackActive: 1 });
    });
  });
});

/** Waits until each operator has dealt with all that happened so far. */
async function caughtUp(): Promise<void> {
  await Promise.all(operators.map(({ lines }) => play.operatorCaughtUp(() => lines)));
}

/** Waits until an operator knows a critical Service that is well. */
function knowsOneThatIsWell(port: number): Promise<void> {
  return eventually(async () => {
    expect((await scrape(port)).value('critsvc_services{phase="Healthy"}')).toBe(1);
  });
}

/** Has the operators look at everything again; returns when they have written what they may. */
async function secondLook(name: string): Promise<void> {
  const annotate = { op: "add" as const, path: "/metadata/annotations", value: { look: name } };
  await K8s(kind.Service, { namespace: play.namespace, name: "shop" }).Patch([annotate]);
  await K8s(CriticalService, { name: `${play.namespace}-shop` }).Patch([annotate]);
  await caughtUp();
  // Statuses are written in the order in which they are asked for.
  await play.criticalService(name);
  await statusIs(`${play.namespace}-${name}`, { matched: 0 });
}

/** What the operators wrote in the Playground's namespace and on CriticalServices, or tried to. */
function writes(): string[] {
  return operatorRequests(cluster)
    .filter(({ verb }) => !READS.includes(verb))
    .filter(({ objectRef }) => [play.namespace, undefined].includes(objectRef?.namespace))
    .map(({ verb, objectRef, responseStatus }) =>
      [verb, objectRef?.resource, objectRef?.name, responseStatus?.code].join(" "),
    );
}

const READS = ["get", "list", "watch"];

/** How often each reason was told of a Service; an Event each. */
async function counts(service = "shop"): Promise<Record<string, number>> {
  const { items } = await K8s(kind.CoreEvent).InNamespace(play.namespace).Get();
  const about = items.filter(({ involvedObject }) => involvedObject.name === service);
  expect(new Set(about.map(({ reason }) => reason)).size).toBe(about.length);
  return Object.fromEntries(about.map(event => [event.reason ?? "", event.count ?? 0]));
}

async function statusIs(name: string, fields: object): Promise<void> {
  await eventually(async () => {
    expect((await K8s(CriticalService).Get(name)).status).toMatchObject(fields);
  });
}
