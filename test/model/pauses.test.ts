import { describe, expect, it } from "vitest";
import type { PodObject } from "../../capabilities/domain/kubernetes";
import { fallbackBreaches } from "../../hack/invariants/fallbacks";
import { serviceOfFallback } from "../../hack/invariants/snapshot";
import { PROTECTIONS, type Step } from "./support/history";
import { nameOf } from "./support/objects";
import { inOwnTime, pass } from "./support/time";
import { World } from "./support/world";

const MINUTE_MS = 60_000;
const NOTHING_ELSE = { seed: 1, steps: [], fates: [] };
const WATCHES = { services: 0, endpointSlices: 2, pods: 4, criticalServices: 6 };
const [COLD, WARM] = [0, 1];
const TEMPLATE = PROTECTIONS.findIndex(spec => "podTemplate" in spec && !("standby" in spec));
const CONFIG_MAP = PROTECTIONS.findIndex(
  spec => "page" in spec && "configMap" in spec.page && !("standby" in spec),
);
const NONE = PROTECTIONS.findIndex(spec => "matchLabels" in spec);

describe("a fallback Pod that ends by itself", () => {
  it("is started anew at once, then after ever longer pauses", async () => {
    const starts = await inOwnTime(1, async () => {
      const world = new World({ operators: 1, protection: COLD, ...NOTHING_ELSE });
      world.server.onChange(({ kind, phase, object }) => {
        if (phase === "ADDED" && kind === "Pod" && serviceOfFallback(object as PodObject)) {
          setTimeout(() => {
            world.server.update("Pod", nameOf(object), { status: { phase: "Failed" } });
          }, 1);
        }
      });
      await pass(10 * MINUTE_MS);
      return sentAt(world, "create Pod shop/service-watcher-b");
    });
    const pauses = pausesBetween(starts);
    // As an evicted Pod is, say.
    expect(pauses[0]).toBeLessThan(100);
    [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000].forEach((longest, index) => {
      expect(pauses[index + 1]).toBeGreaterThanOrEqual(longest / 2);
      expect(pauses[index + 1]).toBeLessThan(longest + 200);
    });
  });
});

describe("a Service whose PodTemplate is missing", () => {
  it("gets its fallback as soon as the PodTemplate is there, however often it was tried", async () => {
    await inOwnTime(1, async () => {
      const world = new World({ operators: 1, protection: TEMPLATE, ...NOTHING_ELSE });
      await pass(10 * MINUTE_MS);
      expect(world.snapshot.pods.filter(pod => serviceOfFallback(pod))).toEqual([]);
      world.take({ does: "template", name: "shop/t1", state: "good" });
      await pass(100);
      expect(world.snapshot.pods.filter(pod => serviceOfFallback(pod))).not.toEqual([]);
    });
  });
});

describe("a page from a ConfigMap", () => {
  it("is looked at every 30 s, whatever happens to the Service meanwhile", async () => {
    const looks = await inOwnTime(1, async () => {
      const world = new World({ operators: 1, protection: CONFIG_MAP, ...NOTHING_ELSE });
      for (let minutes = 0; minutes < 5; minutes++) {
        await pass(MINUTE_MS / 3);
        world.server.update("Service", "shop/b", { status: { minutes } });
        await pass((2 * MINUTE_MS) / 3);
      }
      return sentAt(world, "get ConfigMap shop/page");
    });
    const pauses = pausesBetween(looks);
    expect(pauses.length).toBeGreaterThan(8);
    expect(Math.max(...pauses)).toBeLessThan(31_000);
  });

  it("serves the Service's new port at once, although it was just looked at", async () => {
    await inOwnTime(1, async () => {
      const world = new World({ operators: 1, protection: CONFIG_MAP, ...NOTHING_ELSE });
      await pass(MINUTE_MS + 10_000);
      expect(portsServedFor(world, "shop/b")).toEqual([8080]);
      const spec = { selector: { app: "b" }, ports: [{ port: 81, targetPort: 8081 }] };
      world.server.update("Service", "shop/b", { spec });
      await pass(5000);
      expect(portsServedFor(world, "shop/b")).toEqual([8081]);
    });
  });
});

describe("a thousand CriticalServices whose status is true", () => {
  it("keep none waiting after a restart whose status is not", async () => {
    await inOwnTime(1, async () => {
      const world = new World({ operators: 1, protection: COLD, ...NOTHING_ELSE });
      for (let count = 0; count < 1000; count++) {
        const metadata = { name: `absent-${count}` };
        const spec = { matchLabels: [{ key: "app", value: "absent" }] };
        world.server.create("CriticalService", { metadata, spec });
      }
      await pass(2 * MINUTE_MS);
      expect(sent(world, "write status")).toHaveLength(1001);
      world.take({ does: "restart", operator: 0, startMs: [] });
      await pass(5000);
      world.take(lameA());
      await pass(5000);
      const writes = sent(world, "write status").map(({ what }) => what);
      expect(writes.slice(1001)).toEqual(["write status x"]);
    });
  });
});

describe("two operators, one of which does not know what the other knows", () => {
  it.each<[string, number, number, Step]>([
    ["that the Service is another's now", WARM, WATCHES.services, aService({ external: true })],
    ["that the Service is lame", COLD, WATCHES.endpointSlices, lameA()],
    ["that a Pod is gone", WARM, WATCHES.pods, { does: "fallback", which: 0, fate: "vanish" }],
    ["that the standby is Cold", WARM, WATCHES.criticalServices, aCritical(COLD)],
    ["that the standby is Warm", COLD, WATCHES.criticalServices, aCritical(WARM)],
    ["that the Service is not critical", WARM, WATCHES.criticalServices, aCritical(NONE)],
  ])("%s: they undo each other's work ever more rarely", async (_, protection, watch, step) => {
    await inOwnTime(1, async () => {
      const world = new World({ operators: 2, protection, ...NOTHING_ELSE });
      await pass(MINUTE_MS);
      world.take({ does: "watch", operator: 1, watch, what: "cut", ms: 0 });
      world.take(step);
      await pass(5 * MINUTE_MS);
      // Without a pause it is thousands of times.
      expect(Math.max(...timesEach(world))).toBeLessThan(100);
      await world.comeToRest();
      expect(fallbackBreaches(world.snapshot)).toEqual([]);
    });
  });
});

function aService(change: Partial<Extract<Step, { does: "service" }>>): Step {
  const plain = { critical: true, external: false, udp: false };
  return { does: "service", name: "shop/a", selector: 0, ...plain, ...change };
}

function lameA(): Step {
  return { does: "ready", name: "shop/p1", ready: false };
}

function aCritical(protection: number): Step {
  return { does: "critical", name: "x", protection };
}

/** How often each thing was asked for, whatever the UIDs. */
function timesEach({ processes }: World): number[] {
  const times = new Map<string, number>();
  for (const { what } of processes.flatMap(({ requests }) => requests.sent)) {
    const thing = what.replace(/-?\d{5}(-\w+)?/, "");
    times.set(thing, (times.get(thing) ?? 0) + 1);
  }
  return [...times.values()];
}

/** Of the fallback Pods that are there. */
function portsServedFor({ snapshot }: World, service: string): unknown[] {
  return snapshot.pods
    .filter(pod => serviceOfFallback(pod) === service && !pod.metadata?.deletionTimestamp)
    .flatMap(({ spec }) => spec?.containers ?? [])
    .flatMap(({ ports = [] }) => ports.map(({ containerPort }) => containerPort));
}

/** When requests were sent that begin so. */
function sentAt(world: World, what: string): number[] {
  return sent(world, what).map(({ at }) => at);
}

/** Requests that begin so. */
function sent({ processes }: World, what: string) {
  return processes
    .flatMap(({ requests }) => requests.sent)
    .filter(request => request.what.startsWith(what));
}

function pausesBetween(times: readonly number[]): number[] {
  return times.slice(1).map((at, index) => at - (times[index] ?? 0));
}
