import { describe, expect, it } from "vitest";
import type { PodObject } from "../../../capabilities/domain/kubernetes";
import { LossWatch, type Change, type Loss } from "../../../hack/invariants/losses";
import {
  critical,
  fallback,
  NOT_READY,
  pod,
  service,
  slice,
  standbySlice,
  warmLabels,
} from "./objects";

type Seen = Omit<Change, "deleted"> & { deleted?: boolean };

const theService: Seen = { kind: "Service", object: service() };
const theCriticalService: Seen = { kind: "CriticalService", object: critical };
const slices = (...ready: string[]): Seen => ({ kind: "EndpointSlice", object: slice(...ready) });
const podIs = (object: PodObject): Seen => ({ kind: "Pod", object });
const goes = (uid: string): Seen =>
  podIs(fallback(uid, { deletionTimestamp: "2026-01-01T00:00:00Z" }));
const STANDING = [theService, theCriticalService, slices(), podIs(fallback("f1")), slices("f1")];

function losses(...changes: Seen[]): Loss[] {
  return seen([...STANDING, ...changes]);
}

/** One change each second. */
function seen(changes: Seen[]): Loss[] {
  const watch = new LossWatch();
  return changes.flatMap((change, index) =>
    watch.see({ deleted: false, ...change } as Change, index * 1000),
  );
}

const loss = (sinceReasonMs: number): Loss => ({
  service: "shop/web",
  object: "Pod service-watcher-web-f1",
  uid: "f1",
  resourceVersion: "",
  sinceReasonMs,
});

describe("LossWatch", () => {
  it.each<[string, Seen[]]>([
    ["a Pod of the Service's own is Ready", [slices("f1", "p1")]],
    ["the Service is no longer critical", [{ ...theCriticalService, deleted: true }]],
    ["the Service is gone", [{ ...theService, deleted: true }]],
    [
      "the Service has no selector any more",
      [{ kind: "Service", object: service({ selector: {} }) }],
    ],
    [
      "the selector finds it no more",
      [{ kind: "Service", object: service({ selector: { a: "b" } }) }],
    ],
    ["clients get to another one", [podIs(fallback("f2")), slices("f1", "f2")]],
  ])("a Ready fallback may go when %s", (_, changes) => {
    expect(losses(...changes, goes("f1"))).toEqual([loss(0)]);
  });

  it("a Ready fallback must not go without a reason", () => {
    expect(losses(goes("f1"))).toEqual([loss(Infinity)]);
    expect(losses(podIs(fallback("f2")), goes("f1"))).toEqual([loss(Infinity)]);
    expect(losses({ ...podIs(fallback("f1")), deleted: true })).toEqual([loss(Infinity)]);
  });

  it("tells how old the last reason was", () => {
    expect(losses(slices("f1", "p1"), slices("f1"), slices("f1"), goes("f1"))).toEqual([
      loss(2000),
    ]);
  });

  it("does not take the endpoint of a fallback for one of the Service's own", () => {
    expect(losses(slices("f1", "f0"), goes("f1"))[0]?.sinceReasonMs).toBe(0);
    const earlier = [podIs(fallback("f0")), goes("f0"), slices("f1", "f0"), slices("f1", "f0")];
    expect(losses(...earlier, goes("f1"))).toContainEqual(loss(Infinity));
  });

  it("takes no loss for another: each Pod is lost once, and one that is not Ready is none", () => {
    expect(losses(goes("f1"), { ...goes("f1"), deleted: true })).toHaveLength(1);
    expect(losses(podIs({ ...fallback("f1"), status: NOT_READY }), goes("f1"))).toEqual([]);
    expect(losses(podIs(pod("p1")), { ...podIs(pod("p1")), deleted: true })).toEqual([]);
  });
});

describe("LossWatch, of a warm standby", () => {
  const own = (...ready: string[]): Seen => slices(...ready);
  const standby = (state: "ready" | "at rest" | "down", uid = "f1"): Seen => ({
    kind: "EndpointSlice",
    object: standbySlice(state, uid),
  });
  const warm = (uid: string): Seen => podIs(fallback(uid, { labels: warmLabels }));
  const AT_REST = [
    ...[theService, theCriticalService, own("p1"), warm("f1")],
    ...[standby("at rest"), own()],
  ];
  const lossesOf = (...changes: Seen[]) => seen([...AT_REST, ...changes]);
  const standbyLoss = (sinceReasonMs: number): Loss => ({
    ...{ service: "shop/web", object: "EndpointSlice service-watcher-web-ipv4", uid: "e2" },
    ...{ resourceVersion: "", sinceReasonMs },
  });

  it("counts an endpoint that is serving and terminating, while no other is ready", () => {
    expect(lossesOf({ ...standby("at rest"), deleted: true })).toEqual([standbyLoss(1000)]);
    expect(lossesOf(standby("down"))).toEqual([standbyLoss(1000)]);
    expect(lossesOf(goes("f1"))).toMatchObject([{ uid: "f1", sinceReasonMs: 1000 }]);
  });

  it("counts an endpoint that goes back to rest while the Service is lame", () => {
    expect(lossesOf(standby("ready"), standby("at rest"))).toEqual([standbyLoss(2000)]);
    expect(lossesOf(standby("ready"), own("p1"), standby("at rest"))).toEqual([standbyLoss(0)]);
  });

  it("takes no change for a loss by which clients get there as well, or better", () => {
    expect(lossesOf(standby("ready"))).toEqual([]);
    expect(lossesOf(warm("f2"), standby("ready", "f2"), goes("f1"))).toMatchObject([
      { uid: "f1", sinceReasonMs: 0 },
    ]);
  });

  it("takes the way over to a Cold fallback for a reason, once clients get to it", () => {
    const gone = { ...standby("ready"), deleted: true };
    const cold = podIs(fallback("f2"));
    expect(lossesOf(standby("ready"), cold, own("f2"), gone)).toEqual([]);
    expect(lossesOf(standby("ready"), cold, goes("f1"))).toMatchObject([{ sinceReasonMs: 3000 }]);
  });

  it("lets the Service's own EndpointSlice count for a Pod that the selector finds", () => {
    expect(lossesOf(own("f1"), { ...standby("at rest"), deleted: true })).toEqual([
      standbyLoss(2000),
    ]);
  });
});
