import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide, isLame, type Decision, type Situation } from "../../capabilities/domain/decide";
import type { FallbackPod } from "../../capabilities/domain/fallback-pod";

const service = { uid: "s1", labels: {}, selector: { app: "shop" }, skipped: undefined };
const live: FallbackPod = {
  namespace: "shop",
  name: "service-watcher-web",
  uid: "p1",
  labels: { app: "shop" },
  serviceUid: "s1",
  state: "live",
};
const another: FallbackPod = { ...live, uid: "p2" };
const dead: FallbackPod = { ...live, state: "dead" };
const terminating: FallbackPod = { ...live, state: "terminating" };
const lame: Situation = {
  service,
  endpoints: { known: true, ready: 0, selected: 0 },
  protectedBy: ["web"],
  fallbacks: [],
};
const well = { ...lame, endpoints: { known: true, ready: 2, selected: 3 } };

describe("decide", () => {
  it.each<[string, Situation, Decision["action"], string]>([
    ["lame", lame, "start", "CriticalService web names the Service"],
    ["lame, fallback there", { ...lame, fallbacks: [live] }, "keep", "CriticalService web names"],
    ["lame, fallback ended", { ...lame, fallbacks: [dead] }, "replace", "has ended"],
    ["lame, fallback going", { ...lame, fallbacks: [terminating] }, "nothing", "still terminating"],
    ["lame, two fallbacks", { ...lame, fallbacks: [live, another] }, "replace", "one fallback"],
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
  state: fc.constantFrom("live" as const, "terminating" as const, "dead" as const),
});
const anySituation: fc.Arbitrary<Situation> = fc.record({
  service: fc.constantFrom(undefined, service, { ...service, skipped: "no selector" }),
  endpoints: fc.record({ known: fc.boolean(), ready: fc.nat(2), selected: fc.nat(3) }),
  protectedBy: fc.constantFrom(undefined, [], ["web"], ["a", "b"]),
  fallbacks: fc.array(anyPod, { maxLength: 3 }),
});

describe("decide, whatever the situation", () => {
  it("starts a fallback only for a lame critical Service that has none", () => {
    check((situation, { action }) => {
      if (action === "start") {
        expect(isLame(situation)).toBe(true);
        expect(situation.protectedBy).not.toEqual([]);
        expect(situation.fallbacks).toEqual([]);
      }
    });
  });

  it("never takes the only useful fallback from a lame critical Service", () => {
    check((situation, decision) => {
      const critical = (situation.protectedBy?.length ?? 0) > 0;
      const useful = situation.fallbacks.filter(
        pod => pod.state === "live" && pod.serviceUid === "s1" && pod.labels.app === "shop",
      );
      if (isLame(situation) && critical && useful.length > 0 && "pods" in decision) {
        expect(useful.some(pod => !decision.pods.includes(pod))).toBe(true);
      }
    });
  });

  it("comes to rest: once done, deciding again asks for nothing more", () => {
    check((situation, decision) => {
      const next = decide({ ...situation, fallbacks: after(situation.fallbacks, decision) });
      const last = decide({ ...situation, fallbacks: after(situation.fallbacks, decision, next) });
      expect(["keep", "nothing"]).toContain(last.action);
    });
  });
});

/** The fallback Pods once the decisions were carried out and what was terminating is gone. */
function after(pods: readonly FallbackPod[], ...decisions: Decision[]): FallbackPod[] {
  let left = pods.filter(({ state }) => state !== "terminating");
  for (const decision of decisions) {
    if (decision.action === "start") {
      left = [live];
    } else if ("pods" in decision) {
      left = left.filter(pod => !decision.pods.includes(pod));
    }
  }
  return left;
}

function check(assertion: (situation: Situation, decision: Decision) => void): void {
  fc.assert(
    fc.property(anySituation, situation => {
      assertion(situation, decide(situation));
    }),
    { numRuns: 1000 },
  );
}
