import { describe, expect, it } from "vitest";
import { countEndpoints, lists, readSlice } from "../../capabilities/domain/endpoints";

const endpoint = (uid: string, ready?: boolean) => ({
  addresses: ["10.0.0.1"],
  conditions: ready === undefined ? {} : { ready },
  targetRef: { kind: "Pod", uid },
});
const slice = (...endpoints: ReturnType<typeof endpoint>[]) => readSlice({ endpoints });
const count = (...slices: ReturnType<typeof slice>[]) =>
  countEndpoints(slices, uid => uid === "ours");

describe("countEndpoints", () => {
  it("knows nothing without a slice", () => {
    expect(count()).toMatchObject({ known: false, ready: 0, selected: 0 });
  });

  it("takes an empty slice for no Pod; the API writes it as null", () => {
    const empty = readSlice({ endpoints: null } as unknown as Parameters<typeof readSlice>[0]);
    expect(count(empty)).toMatchObject({ known: true, ready: 0, selected: 0 });
  });

  it("counts a Pod that is not Ready as selected only", () => {
    const counted = count(slice(endpoint("a", true), endpoint("b", false)));
    expect(counted).toMatchObject({ known: true, ready: 1, selected: 2 });
  });

  it("takes no condition for Ready, as the API says", () => {
    expect(count(slice(endpoint("a"))).ready).toBe(1);
  });

  it("leaves our own Pod out", () => {
    const counted = count(slice(endpoint("ours", true), endpoint("a", false)));
    expect(counted).toMatchObject({ known: true, ready: 0, selected: 1 });
  });

  it("names our own Pods that are listed as Ready", () => {
    expect(count(slice(endpoint("ours", true))).fallbacks).toEqual(["ours"]);
    expect(count(slice(endpoint("ours", false))).fallbacks).toEqual([]);
  });

  it("adds slices up and counts a dual-stack Pod once", () => {
    const counted = count(
      slice(endpoint("a", true)),
      slice(endpoint("a", true), endpoint("b", true)),
    );
    expect(counted).toMatchObject({ known: true, ready: 2, selected: 2 });
  });

  it("counts an endpoint that is no Pod", () => {
    expect(count(readSlice({ endpoints: [{ addresses: ["192.0.2.1"] }] })).ready).toBe(1);
  });
});

describe("lists", () => {
  it.each([
    ["a", true],
    ["b", true],
    ["c", false],
  ])("knows whether a slice has %s, Ready or not: %s", (uid, expected) => {
    expect(lists(slice(endpoint("a", true), endpoint("b", false)), uid)).toBe(expected);
  });
});
