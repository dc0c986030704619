import { describe, expect, it } from "vitest";
import { Tombstones } from "../../capabilities/domain/tombstones";

describe("Tombstones", () => {
  it("cover an object up to its deletion", () => {
    const tombstones = new Tombstones();
    tombstones.add({ uid: "a", resourceVersion: "10" });
    expect(tombstones.covers({ uid: "a", resourceVersion: "9" })).toBe(true);
    expect(tombstones.covers({ uid: "a", resourceVersion: "10" })).toBe(true);
    expect(tombstones.covers({ uid: "a", resourceVersion: "11" })).toBe(false);
    expect(tombstones.covers({ uid: "b", resourceVersion: "1" })).toBe(false);
  });

  it("forget the oldest beyond their limit", () => {
    const tombstones = new Tombstones(2);
    ["a", "b", "a", "c"].forEach(uid => {
      tombstones.add({ uid, resourceVersion: "1" });
    });
    const covered = ["a", "b", "c"].map(uid => tombstones.covers({ uid, resourceVersion: "1" }));
    expect(covered).toEqual([true, false, true]);
  });
});
