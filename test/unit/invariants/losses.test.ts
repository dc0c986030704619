import { describe, expect, it } from "vitest";
import type { PodObject } from "../../../capabilities/domain/kubernetes";
import { LossWatch, type Change, type Loss } from "../../../hack/invariants/losses";
import { critical, fallback, NOT_READY, pod, service, slice } from "./objects";

type Seen = Omit<Change, "deleted"> & { deleted?: boolean };

const theService: Seen = { kind: "Service", object: service() };
const theCriticalService: Seen = { kind: "CriticalService", object: critical };
const slices = (...ready: string[]): Seen => ({ kind: "EndpointSlice", object: slice(...ready) });
const podIs = (object: PodObject): Seen => ({ kind: "Pod", object });
const goes = (uid: string): Seen =>
  podIs(fallback(uid, { deletionTimestamp: "2026-01-01T00:00:00Z" }));
const STANDING = [theService, theCriticalService, slices(), podIs(fallback("f1")), slices("f1")];

/** One change each second. */
function losses(...changes: Seen[]): Loss[] {
  const watch = new LossWatch();
  return [...STANDING, ...changes].flatMap((change, index) =>
    watch.see({ deleted: false, ...change } as Change, index * 1000),
  );
}

const loss = (sinceReasonMs: number): Loss => ({
  service: "shop/web",
  pod: "service-watcher-web-f1",
  uid: "f1",
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
    ["another one is Ready", [podIs(fallback("f2"))]],
  ])("a Ready fallback may go when %s", (_, changes) => {
    expect(losses(...changes, goes("f1"))).toEqual([loss(0)]);
  });

  it("a Ready fallback must not go without a reason", () => {
    expect(losses(goes("f1"))).toEqual([loss(Infinity)]);
    expect(losses({ ...podIs(fallback("f1")), deleted: true })).toEqual([loss(Infinity)]);
  });

  it("tells how old the last reason was", () => {
    expect(losses(slices("f1", "p1"), slices("f1"), slices("f1"), goes("f1"))).toEqual([
      loss(3000),
    ]);
  });

  it("does not take the endpoint of a fallback for one of the Service's own", () => {
    expect(losses(slices("f1", "f0"), goes("f1"))[0]?.sinceReasonMs).toBe(0);
    const earlier = [podIs(fallback("f0")), goes("f0"), slices("f1", "f0"), slices("f1", "f0")];
    expect(losses(...earlier, goes("f1"))).toContainEqual(loss(4000));
  });

  it("takes no loss for another: each Pod is lost once, and one that is not Ready is none", () => {
    expect(losses(goes("f1"), { ...goes("f1"), deleted: true })).toHaveLength(1);
    expect(losses(podIs({ ...fallback("f1"), status: NOT_READY }), goes("f1"))).toEqual([]);
    expect(losses(podIs(pod("p1")), { ...podIs(pod("p1")), deleted: true })).toEqual([]);
  });
});
