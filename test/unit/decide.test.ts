import { describe, expect, it } from "vitest";
import { decide, type Decision } from "../../capabilities/domain/decide";
import type { FallbackPod } from "../../capabilities/domain/fallback-pod";
import type { Situation } from "../../capabilities/domain/situation";
import { aPod, aProtector, aService, aSlice, aStandbyPod } from "./build";

const service = aService();
const live = aPod();
const another = aPod({ uid: "p2" });
const dead = aPod({ state: "dead" });
const terminating = aPod({ state: "terminating" });
const lame: Situation = {
  service,
  endpoints: { known: true, ready: 0, selected: 0, fallbacks: ["p1", "p2"] },
  protectedBy: [aProtector("Cold")],
  fallbacks: [],
  slices: [],
};
const HAS_PODS = { endpoints: { known: true, ready: 2, selected: 3, fallbacks: [] } };
const well = { ...lame, ...HAS_PODS };
const EXTERNAL = { service: aService({ skipped: "of type ExternalName" }) };

type Row = [string, Situation, Decision["action"], string];

describe("decide", () => {
  it.each<Row>([
    ["lame", lame, "start", "CriticalService web names the Service"],
    ["lame, fallback there", { ...lame, fallbacks: [live] }, "keep", "CriticalService web names"],
    ["lame, fallback ended", { ...lame, fallbacks: [dead] }, "replace", "has ended"],
    ["lame, fallback going", { ...lame, fallbacks: [terminating] }, "start", "names the Service"],
    ["lame, two fallbacks", { ...lame, fallbacks: [live, another] }, "replace", "another fallback"],
    [
      "lame, another selector",
      { ...lame, service: aService({ selector: { app: "cart" } }), fallbacks: [live] },
      "replace",
      "selector does not find",
    ],
    [
      "lame, Service made anew",
      { ...lame, service: aService({ uid: "s2" }), fallbacks: [live] },
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
      { ...lame, endpoints: { known: false, ready: 0, selected: 0, fallbacks: [] } },
      "nothing",
      "endpoints are not known",
    ],
    ["well", well, "nothing", "2 Ready Pod(s)"],
    ["well again", { ...well, fallbacks: [live] }, "remove", "2 Ready Pod(s)"],
    ["well again, fallback going", { ...well, fallbacks: [terminating] }, "nothing", "2 Ready"],
    ["ExternalName", { ...lame, ...EXTERNAL, fallbacks: [live] }, "remove", "ExternalName"],
    [
      "ExternalName, CriticalServices not read yet",
      { ...lame, ...EXTERNAL, protectedBy: undefined, fallbacks: [live] },
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
    [
      "the new one Ready, but not listed",
      [live, { ...another, uid: "p3", content: "v2" }],
      "keep",
      [],
    ],
    ["only the new one", [{ ...another, content: "v2" }], "keep", []],
  ])("with new content, and %s", (_, fallbacks, action, removed) => {
    const decision = decide({ ...lame, fallbacks }, "v2");
    expect(decision.action).toBe(action);
    expect("pods" in decision ? decision.pods.map(({ uid }) => uid) : []).toEqual(removed);
  });

  it("tells new content from a first start", () => {
    expect(decide({ ...lame, fallbacks: [live] }, "v2").reason).toBe("its content changed");
  });

  it.each<[string, FallbackPod, FallbackPod]>([
    ["useful", { ...another, labels: {} }, live],
    ["Ready", { ...another, ready: false }, live],
    ["Ready, though it is the later", { ...live, ready: false }, another],
  ])("keeps the one of several that is %s", (_, worse, better) => {
    for (const fallbacks of [
      [worse, better],
      [better, worse],
    ]) {
      const decision = decide({ ...lame, fallbacks });
      expect(decision).toMatchObject({ action: "replace", pods: [{ uid: worse.uid }] });
    }
  });
});

const standby = aStandbyPod();
const warmWell = { ...well, protectedBy: [aProtector("Warm")] };
const warmLame = { ...lame, protectedBy: [aProtector("Warm")] };
const resting = { fallbacks: [standby], slices: [aSlice(standby, false)] };
const answering = { fallbacks: [standby], slices: [aSlice(standby, true)] };
const toCold = { protectedBy: [aProtector("Cold")] };

describe("decide about a warm standby", () => {
  it.each<Row>([
    ["well, none there", warmWell, "start", "names the Service"],
    ["well, not Ready", { ...warmWell, fallbacks: [{ ...standby, ready: false }] }, "keep", ""],
    ["well, Ready", { ...warmWell, fallbacks: [standby] }, "publish", "Ready Pods of its own"],
    ["well, listed", { ...warmWell, ...resting }, "keep", ""],
    ["lame, at rest", { ...warmLame, ...resting }, "publish", "is lame"],
    ["lame, answering", { ...warmLame, ...answering }, "keep", ""],
    ["well again", { ...warmWell, ...answering }, "publish", "Ready Pods of its own"],
    [
      "not Ready any more",
      { ...warmLame, ...answering, fallbacks: [{ ...standby, ready: false }] },
      "publish",
      "is lame",
    ],
    [
      "not critical any more",
      { ...warmLame, ...answering, protectedBy: [] },
      "withdraw",
      "no Crit",
    ],
    ["withdrawn", { ...warmLame, fallbacks: [standby], protectedBy: [] }, "remove", "no Critical"],
    ["one of several asks for it", { ...warmWell, ...bothKinds(), ...resting }, "keep", ""],
    ["well, Cold from now on", { ...warmWell, ...resting, ...toCold }, "withdraw", "2 Ready"],
    ["lame, Cold from now on", { ...warmLame, ...answering, ...toCold }, "start", ""],
    [
      "lame at rest, Cold from now on",
      { ...warmLame, ...resting, ...toCold },
      "publish",
      "is lame",
    ],
    [
      "lame, Cold from now on, its Pod Ready",
      { ...warmLame, ...answering, ...toCold, fallbacks: [standby, another] },
      "withdraw",
      "selector finds",
    ],
    ["lame, Warm from now on", { ...warmLame, fallbacks: [live] }, "start", ""],
    [
      "lame, Cold from now on, its Pod Ready but not listed",
      { ...warmLame, ...answering, ...toCold, fallbacks: [standby, { ...another, uid: "p3" }] },
      "keep",
      "",
    ],
    [
      "lame, Warm from now on, its Pod Ready",
      { ...warmLame, fallbacks: [live, { ...standby, uid: "p2" }] },
      "publish",
      "",
    ],
    [
      "lame, Warm from now on, its Pod listed",
      { ...warmLame, ...answering, fallbacks: [standby, { ...live, uid: "p3" }] },
      "replace",
      "another",
    ],
    [
      "of an earlier Service",
      { ...warmLame, fallbacks: [{ ...standby, serviceUid: "s0" }] },
      "replace",
      "earlier Service",
    ],
    [
      "listed, not seen yet",
      { ...warmLame, ...answering, fallbacks: [], unseen: ["p1"] },
      "start",
      "names the Service",
    ],
    [
      "listed, found by the selector from now on",
      { ...warmLame, ...answering, fallbacks: [live] },
      "start",
      "",
    ],
    [
      "the Service has lost a family",
      { ...warmWell, ...resting, slices: [aSlice(standby, false, { addressType: "IPv6" })] },
      "withdraw",
      "no place",
    ],
    [
      "the Service's ports have changed",
      { ...warmWell, ...resting, service: aService({ ports: [{ name: "web", port: 80 }] }) },
      "publish",
      "",
    ],
  ])("%s", (_, situation, action, reason) => {
    const decision = decide(situation);
    expect(decision.action).toBe(action);
    expect(decision.reason).toContain(reason);
  });

  it("with new content lists an old one until the new one is Ready, and stays with that", () => {
    const third = aStandbyPod({ uid: "p3" });
    const next = aStandbyPod({ uid: "p2", content: "v2", ready: false });
    const unlisted = decide({ ...warmLame, fallbacks: [standby, next] }, "v2");
    expect(unlisted).toMatchObject({
      action: "publish",
      changes: [{ content: { endpoint: { podUid: "p1" } } }],
    });
    const slices = [aSlice(third, true)];
    const listed = decide({ ...warmLame, fallbacks: [standby, next, third], slices }, "v2");
    expect(listed).toMatchObject({ action: "replace", pods: [{ uid: "p1" }] });
  });

  it("that is being evicted is listed until its successor is Ready", () => {
    const going: FallbackPod = { ...standby, state: "terminating" };
    const next = aStandbyPod({ uid: "p2", ready: false });
    const slices = [aSlice(going, true)];
    expect(decide({ ...warmLame, fallbacks: [going], slices }).action).toBe("start");
    expect(decide({ ...warmLame, fallbacks: [going, next], slices }).action).toBe("keep");
    const ready = decide({ ...warmLame, fallbacks: [going, { ...next, ready: true }], slices });
    expect(ready).toMatchObject({
      action: "publish",
      changes: [{ content: { endpoint: { podUid: "p2", ready: true } } }],
    });
  });
});

function bothKinds() {
  return { protectedBy: [aProtector("Cold", "a"), aProtector("Warm", "b")] };
}
