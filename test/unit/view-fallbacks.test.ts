import { describe, expect, it } from "vitest";
import { FALLBACK_LABEL } from "../../capabilities/domain/fallback-pod";
import { View } from "../../capabilities/domain/view";
import { fallback, KEY, service, slice, standbySlice } from "./objects";

describe("the view of fallback Pods", () => {
  it("has a Service's fallbacks in the same order, whichever was seen first", () => {
    const ordersOf = (...uids: string[]) => {
      const view = new View();
      uids.forEach(uid => view.setFallback(fallback(uid)));
      return view.situation(KEY).fallbacks.map(({ uid }) => uid);
    };
    expect(ordersOf("f2", "f1")).toEqual(ordersOf("f1", "f2"));
  });

  it("does not count the fallback Pod's endpoint, whichever event comes first", () => {
    const view = new View();
    view.setService(service());
    view.setSlice(slice(true, "1", "f1"));
    view.setFallback(fallback());
    expect(view.situation(KEY).endpoints).toEqual({
      known: true,
      ready: 0,
      selected: 0,
      fallbacks: ["f1"],
    });
  });

  it("does not count the fallback Pod of another Service either, whichever event comes first", () => {
    const other = { ...fallback().metadata, labels: { [FALLBACK_LABEL]: "cart" } };
    const pod = {
      metadata: {
        ...other,
        ownerReferences: [{ ...fallback().metadata.ownerReferences[0], name: "cart" }],
      },
    } as Parameters<View["setFallback"]>[0];
    const first = new View();
    first.setFallback(pod);
    first.setSlice(slice(true, "1", "f1"));
    const last = new View();
    last.setSlice(slice(true, "1", "f1"));
    expect(last.setFallback(pod)).toEqual(["shop/cart", KEY]);
    for (const view of [first, last]) {
      expect(view.situation(KEY).endpoints.ready).toBe(0);
    }
  });

  it("counts no fallback Pod that another Service's selector finds too, whichever event comes first", () => {
    const view = new View();
    const labels = { "kubernetes.io/service-name": "other" };
    const listing = slice(true, "1", "f1");
    view.setSlice({ ...listing, metadata: { ...listing.metadata, labels } });
    expect(view.situation("shop/other").endpoints.ready).toBe(1);
    expect(view.setFallback(fallback())).toEqual([KEY, "shop/other"]);
    expect(view.situation("shop/other").endpoints).toMatchObject({ known: true, ready: 0 });
    expect(view.setFallback(fallback("f1", "2"))).toEqual([KEY]);
  });

  it("does not count a fallback Pod that is gone while an EndpointSlice lists it yet", () => {
    const view = new View();
    view.setSlice(slice(true, "1", "f1"));
    view.setFallback(fallback());
    view.dropFallback(fallback("f1", "2"));
    expect(view.situation(KEY).endpoints).toMatchObject({ ready: 0, selected: 0 });
  });

  it.each<[string, object]>([
    ["without the annotation", { annotations: {} }],
    ["without its owner", { ownerReferences: [] }],
    ["for another Service", { labels: { [FALLBACK_LABEL]: "cart" } }],
  ])("leaves a fallback Pod to those who made it theirs, %s", (_, change) => {
    const view = new View();
    view.setService(service());
    view.setSlice(slice(true, "1", "f1"));
    view.setFallback(fallback());
    const theirs = { metadata: { ...fallback("f1", "2").metadata, ...change } };
    expect(view.setFallback(theirs)).toEqual([KEY]);
    expect(view.situation(KEY)).toMatchObject({ fallbacks: [], endpoints: { ready: 1 } });
  });

  it("keeps what the watch told of a fallback Pod when the answer to its creation comes late", () => {
    const view = new View();
    const conditions = [{ type: "Ready", status: "True" }];
    view.setFallback({ ...fallback("f1", "2"), status: { conditions } });
    view.setFallback(fallback("f1", "1"));
    expect(view.situation(KEY).fallbacks).toMatchObject([{ uid: "f1", ready: true }]);
  });

  it("tells which Pods its own EndpointSlices list that it has not seen", () => {
    const view = new View();
    view.setSlice(standbySlice());
    expect(view.situation(KEY).unseen).toEqual(["f1"]);
    view.setFallback(fallback());
    expect(view.situation(KEY).unseen).toEqual([]);
    view.dropFallback(fallback("f1", "2"));
    expect(view.situation(KEY).unseen).toEqual([]);
  });

  it("takes an object back that left the watch only for a while", () => {
    const view = new View();
    view.setFallback(fallback("f1", "4"));
    view.dropFallback(fallback("f1", "5"));
    view.setFallback(fallback("f1", "6"));
    expect(view.situation(KEY).fallbacks).toHaveLength(1);
  });

  it("passes over Pods that only carry the label", () => {
    const view = new View();
    const impostor = { metadata: { ...fallback().metadata, ownerReferences: [] } };
    expect(view.setFallback(impostor)).toEqual([]);
    expect(view.situation(KEY).fallbacks).toEqual([]);
  });

  it("forgets one that left the watch without its marks", () => {
    const view = new View();
    view.setFallback(fallback());
    const bare = { ...fallback("f1", "2").metadata, labels: {}, annotations: {} };
    expect(view.dropFallback({ metadata: bare })).toEqual([KEY]);
    expect(view.situation(KEY).fallbacks).toEqual([]);
  });
});
