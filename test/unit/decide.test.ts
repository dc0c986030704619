import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decide,
  isLame,
  needsFallback,
  type Decision,
  type Situation,
} from "../../capabilities/domain/decide";
import type { FallbackPod } from "../../capabilities/domain/fallback-pod";

const service = { uid: "s1", labels: {}, selector: { app: "shop" }, ports: [], skipped: undefined };
const web = { name: "web", spec: { matchLabels: [], standby: "Cold" as const } };
const live: FallbackPod = {
  namespace: "shop",
  name: "service-watcher-web",
  uid: "p1",
  labels: { app: "shop" },
  serviceUid: "s1",
  content: "v1",
  ready: true,
  state: "live",
};
const another: FallbackPod = { ...live, uid: "p2" };
const dead: FallbackPod = { ...live, state: "dead" };
const terminating: FallbackPod = { ...live, state: "terminating" };
const lame: Situation = {
  service,
  endpoints: { known: true, ready: 0, selected: 0 },
  protectedBy: [web],
  fallbacks: [],
};
const well = { ...lame, endpoints: { known: true, ready: 2, selected: 3 } };

describe("decide", () => {
  it.each<[string, Situation, Decision["action"], string]>([
    ["lame", lame, "start", "CriticalService web names the Service"],
    ["lame, fallback there", { ...lame, fallbacks: [live] }, "keep", "CriticalService web names"],
    ["lame, fallback ended", { ...lame, fallbacks: [dead] }, "replace", "has ended"],
    ["lame, fallback going", { ...lame, fallbacks: [terminating] }, "start", "names the Service"],
    ["lame, two fallbacks", { ...lame, fallbacks: [live, another] }, "replace", "another fallback"],
    [
      "lame, another selector",
      { ...lame, service: { ...service, selector: { app: "cart" } }, fallbacks: [live] },
      "replace",
      "selector no longer finds",
    ],
    [
      "lame, Service made anew",
      { ...lame, service: { ...service, uid: "s2" }, fallbacks: [live] },
      "replace",
      "earlier Service",
    ],
    ["lame, not critical", { ...lame, protectedBy: [] }, "nothing", "no CriticalService names"],
    [
      "lame, no longer critical",
      { ...lame, protectedBy: [], fallbacks: [live] },
      "remove",
      "no CriticalService names",
    ],
    [
      "CriticalServices not read yet",
      { ...lame, protectedBy: undefined, fallbacks: [live] },
      "nothing",
      "not read yet",
    ],
    [
      "endpoints not known yet",
      { ...lame, endpoints: { known: false, ready: 0, selected: 0 } },
      "nothing",
      "endpoints are not known",
    ],
    ["well", well, "nothing", "2 Ready Pod(s)"],
    ["well again", { ...well, fallbacks: [live] }, "remove", "2 Ready Pod(s)"],
    ["well again, fallback going", { ...well, fallbacks: [terminating] }, "nothing", "2 Ready"],
    [
      "ExternalName",
      { ...lame, service: { ...service, skipped: "of type ExternalName" }, fallbacks: [live] },
      "remove",
      "ExternalName",
    ],
    ["gone", { ...lame, service: undefined, fallbacks: [live] }, "nothing", "garbage collection"],
  ])("%s", (_, situation, action, reason) => {
    const decision = decide(situation);
    expect(decision.action).toBe(action);
    expect(decision.reason).toContain(reason);
  });

  it.each<[string, FallbackPod[], Decision["action"], string[]]>([
    ["only the old one", [live], "start", []],
    ["the new one not Ready", [live, { ...another, content: "v2", ready: false }], "keep", []],
    ["the new one Ready", [live, { ...another, content: "v2" }], "replace", ["p1"]],
    ["only the new one", [{ ...another, content: "v2" }], "keep", []],
  ])("with new content, and %s", (_, fallbacks, action, removed) => {
    const decision = decide({ ...lame, fallbacks }, "v2");
    expect(decision.action).toBe(action);
    expect("pods" in decision ? decision.pods.map(({ uid }) => uid) : []).toEqual(removed);
  });

  it("keeps the useful one of several", () => {
    const decision = decide({ ...lame, fallbacks: [{ ...another, labels: {} }, live] });
    expect(decision).toMatchObject({ action: "replace", pods: [{ uid: "p2" }] });
  });
});

const anyPod: fc.Arbitrary<FallbackPod> = fc.record({
  namespace: fc.constant("shop"),
  name: fc.constantFrom("service-watcher-web", "other-web"),
  uid: fc.uuid(),
  labels: fc.constantFrom({ app: "shop" }, {}),
  serviceUid: fc.constantFrom("s1", "s2", undefined),
  content: fc.constantFrom("v1", "v2", undefined),
  ready: fc.boolean(),
  state: fc.constantFrom("live" as const, "terminating" as const, "dead" as const),
});
const anySituation: fc.Arbitrary<Situation> = fc.record({
  service: fc.constantFrom(undefined, service, { ...service, skipped: "no selector" }),
  endpoints: fc.record({ known: fc.boolean(), ready: fc.nat(2), selected: fc.nat(3) }),
  protectedBy: fc.constantFrom(undefined, [], [web], [web, { ...web, name: "b" }]),
  fallbacks: fc.array(anyPod, { maxLength: 3 }),
});

describe("decide, whatever the situation", () => {
  it("starts a fallback only for a lame critical Service that has none with that content", () => {
    check((situation, { action }, content) => {
      if (action === "start") {
        expect(isLame(situation)).toBe(true);
        expect(situation.protectedBy).not.toEqual([]);
        expect(useful(situation).filter(pod => pod.content === content)).toEqual([]);
      }
    });
  });

  it("never takes the only useful fallback from a lame critical Service", () => {
    check((situation, decision) => {
      if (needsFallback(situation) && "pods" in decision) {
        const removed = (pod: FallbackPod) => decision.pods.includes(pod);
        for (const wanted of [useful(situation), useful(situation).filter(({ ready }) => ready)]) {
          expect(wanted.length > 0 && wanted.every(removed)).toBe(false);
        }
      }
    });
  });

  it("comes to rest: once done, deciding again asks for nothing more", () => {
    check((situation, _, content) => {
      let { fallbacks } = situation;
      let decision = decide(situation, content);
      for (let turn = 0; turn < 5; turn++) {
        fallbacks = after(fallbacks, decision, content);
        decision = decide({ ...situation, fallbacks }, content);
      }
      expect(["keep", "nothing"]).toContain(decision.action);
      expect(!needsFallback(situation) || fallbacks.length === 1).toBe(true);
    });
  });
});

/** The fallback Pods that can stand in. */
function useful({ fallbacks }: Situation): FallbackPod[] {
  return fallbacks.filter(
    pod => pod.state === "live" && pod.serviceUid === "s1" && pod.labels.app === "shop",
  );
}

/** The fallback Pods once the decision was carried out, what started is Ready and what ends is gone. */
function after(pods: readonly FallbackPod[], decision: Decision, content = "v1"): FallbackPod[] {
  const left = pods
    .filter(({ state }) => state !== "terminating")
    .filter(pod => !("pods" in decision && decision.pods.includes(pod)))
    .map(pod => ({ ...pod, ready: true }));
  return decision.action === "start" ? [...left, { ...live, content }] : left;
}

function check(
  assertion: (situation: Situation, decision: Decision, content: string | undefined) => void,
): void {
  fc.assert(
    fc.property(anySituation, fc.constantFrom("v1", "v2", undefined), (situation, content) => {
      assertion(situation, decide(situation, content), content);
    }),
    { numRuns: 2000 },
  );
}
