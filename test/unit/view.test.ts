import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { View } from "../../capabilities/domain/view";
import { critical, fallback, KEY, NAMES_WEB, service, slice, standbySlice } from "./objects";

describe("View", () => {
  it("knows nothing of a Service that it did not see", () => {
    expect(new View().situation(KEY)).toMatchObject({
      service: undefined,
      endpoints: { known: false },
      fallbacks: [],
    });
  });

  it("leaves an EndpointSlice to those who made it theirs, and takes one back", () => {
    const view = new View();
    view.setSlice(standbySlice("1"));
    expect(view.situation(KEY).slices).toHaveLength(1);
    view.setSlice({
      ...standbySlice("2"),
      metadata: { ...standbySlice("2").metadata, ownerReferences: [] },
    });
    expect(view.situation(KEY)).toMatchObject({ slices: [], endpoints: { ready: 1 } });
    view.setSlice(standbySlice("3"));
    expect(view.situation(KEY)).toMatchObject({ endpoints: { known: false } });
  });

  it.each([
    ["of Kubernetes", (version: string) => slice(true, version)],
    ["of its own", standbySlice],
  ])("forgets an EndpointSlice %s that is gone, whatever comes late", (_, at) => {
    const view = new View();
    view.setSlice(at("1"));
    expect(view.dropSlice(at("3"))).toEqual([KEY]);
    expect(view.setSlice(at("2"))).toEqual([]);
    expect(view.situation(KEY)).toMatchObject({ slices: [], endpoints: { known: false } });
  });

  it("waits for no event to know what was deleted by the operator itself", () => {
    const view = new View();
    view.setFallback(fallback());
    view.setSlice(standbySlice());
    view.markTerminating(KEY, "f1");
    view.forgetSlice(KEY, "e2");
    view.setSlice(standbySlice("2"));
    expect(view.situation(KEY)).toMatchObject({
      fallbacks: [{ state: "terminating" }],
      slices: [],
    });
  });

  it("forgets a Service once, and not its successor of the same name", () => {
    const view = new View();
    view.setService(service("s1"));
    view.setService(service("s2"));
    view.dropService(service("s1"));
    expect(view.situation(KEY).service?.uid).toBe("s2");
  });

  it("passes over a late update of what was deleted", () => {
    const view = new View();
    view.dropService(service("s1", "5"));
    expect(view.setService(service("s1", "4"))).toEqual([]);
    expect(view.situation(KEY).service).toBeUndefined();
  });
});

type Step = (view: View) => void;

/** What happened, in the two orders in which the two watches of each kind may tell of it. */
const updates: Step[] = [
  view => view.setService(service("s1", "1")),
  view => view.setService(service("s2", "9")),
  view => view.setSlice(slice(false, "3")),
  view => view.setSlice(slice(true, "7")),
  view => view.setFallback(fallback("f1", "4")),
  view => view.setFallback(fallback("f2", "8")),
  view => view.setCriticalService(critical(NAMES_WEB)),
];
const deletions: Step[] = [
  view => view.dropService(service("s1", "6")),
  view => view.dropFallback(fallback("f1", "5")),
];

describe("View, whichever watch is ahead", () => {
  it("ends with what is there", () => {
    const interleaving = fc
      .shuffledSubarray([...updates.keys(), ...deletions.map(() => -1)], {
        minLength: updates.length + deletions.length,
      })
      .map(order => order.map(index => (index >= 0 ? "update" : "deletion")));
    fc.assert(
      fc.property(interleaving, fc.boolean(), (order, twice) => {
        const view = new View();
        view.allIsKnown();
        const streams = { update: [...updates], deletion: [...deletions] };
        for (const stream of order) {
          const step = streams[stream === "update" ? "update" : "deletion"].shift();
          step?.(view);
          if (twice) {
            step?.(view);
          }
        }
        const { service, endpoints, fallbacks, protectedBy } = view.situation(KEY);
        expect(service?.uid).toBe("s2");
        expect(endpoints).toMatchObject({ known: true, ready: 1, selected: 1 });
        expect(fallbacks.map(({ uid }) => uid)).toEqual(["f2"]);
        expect(protectedBy).toMatchObject([{ name: "web" }]);
      }),
    );
  });
});
