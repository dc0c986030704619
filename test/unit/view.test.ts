import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FALLBACK_LABEL } from "../../capabilities/domain/fallback-pod";
import { View } from "../../capabilities/domain/view";

const KEY = "shop/web";
const meta = (name: string, uid: string, resourceVersion: string) => ({
  namespace: "shop",
  name,
  uid,
  resourceVersion,
});
const service = (uid = "s1", version = "1") => ({
  metadata: { ...meta("web", uid, version), labels: { app: "web" } },
  spec: { selector: { app: "web" } },
});
const slice = (ready: boolean, version = "1", pod = "p1") => ({
  metadata: { ...meta("web-x", "e1", version), labels: { "kubernetes.io/service-name": "web" } },
  endpoints: [{ addresses: ["10.0.0.1"], conditions: { ready }, targetRef: { uid: pod } }],
});
const fallback = (uid = "f1", version = "1") => ({
  metadata: {
    ...meta("service-watcher-web", uid, version),
    labels: { app: "web", [FALLBACK_LABEL]: "web" },
    annotations: { "service-watcher": "owned" },
    ownerReferences: [
      { apiVersion: "v1", kind: "Service", name: "web", uid: "s1", controller: true },
    ],
  },
});
const standbySlice = (version = "1") => ({
  metadata: {
    ...meta("service-watcher-web-ipv4", "e2", version),
    labels: {
      "kubernetes.io/service-name": "web",
      "endpointslice.kubernetes.io/managed-by": "critical-service-operator.mycrd.com",
    },
    ownerReferences: fallback().metadata.ownerReferences,
  },
  endpoints: [{ addresses: ["10.0.0.1"], conditions: { ready: true }, targetRef: { uid: "f1" } }],
});
const critical = (spec: unknown, version = "1") => ({
  metadata: { name: "web", uid: "c1", resourceVersion: version },
  spec,
});
const NAMES_WEB = { matchLabels: [{ key: "app", value: "web" }] };

describe("View", () => {
  it("knows nothing of a Service that it did not see", () => {
    expect(new View().situation(KEY)).toMatchObject({
      service: undefined,
      endpoints: { known: false },
      fallbacks: [],
    });
  });

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

  it("does not take a fallback Pod that is gone for a real one, while a slice still lists it", () => {
    const view = new View();
    view.setService(service());
    view.setFallback(fallback());
    view.setSlice(slice(true, "1", "f1"));
    view.dropFallback(fallback("f1", "2"));
    expect(view.situation(KEY).endpoints.ready).toBe(0);
  });

  it("keeps what is newer than the answer to a call", () => {
    const view = new View();
    const ready = { status: { conditions: [{ type: "Ready", status: "True" }] } };
    view.setFallback({ ...fallback("f1", "5"), ...ready });
    view.setFallback(fallback("f1", "4"));
    expect(view.situation(KEY).fallbacks).toMatchObject([{ ready: true }]);
  });

  it("counts no fallback Pod that another Service's selector finds too, whichever event comes first", () => {
    const view = new View();
    const labels = { "kubernetes.io/service-name": "other" };
    const listing = slice(true, "1", "f1");
    view.setSlice({ ...listing, metadata: { ...listing.metadata, labels } });
    expect(view.situation("shop/other").endpoints.ready).toBe(1);
    expect(view.setFallback(fallback())).toEqual([KEY, "shop/other"]);
    expect(view.situation("shop/other").endpoints).toMatchObject({ known: true, ready: 0 });
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

  it("keeps what the watch told of a fallback Pod when the answer to its creation comes late", () => {
    const view = new View();
    const conditions = [{ type: "Ready", status: "True" }];
    view.setFallback({ ...fallback("f1", "2"), status: { conditions } });
    view.setFallback(fallback("f1", "1"));
    expect(view.situation(KEY).fallbacks).toMatchObject([{ uid: "f1", ready: true }]);
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

  it("tells which Pods its own EndpointSlices list that it has not seen", () => {
    const view = new View();
    view.setSlice(standbySlice());
    expect(view.situation(KEY).unseen).toEqual(["f1"]);
    view.setFallback(fallback());
    expect(view.situation(KEY).unseen).toEqual([]);
    view.dropFallback(fallback("f1", "2"));
    expect(view.situation(KEY).unseen).toEqual([]);
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

  it("takes an object back that left the watch only for a while", () => {
    const view = new View();
    view.setFallback(fallback("f1", "4"));
    view.dropFallback(fallback("f1", "5"));
    view.setFallback(fallback("f1", "6"));
    expect(view.situation(KEY).fallbacks).toHaveLength(1);
  });

  it("says nothing of protection until the CriticalServices are known", () => {
    const view = new View();
    view.setService(service());
    view.setCriticalService(critical({ matchLabels: [{ key: "app", value: "other" }] }));
    expect(view.situation(KEY).protectedBy).toBeUndefined();
    view.criticalServicesAreKnown();
    expect(view.situation(KEY).protectedBy).toEqual([]);
  });

  it("asks for the Services that a changed CriticalService named before and names now", () => {
    const view = new View();
    view.criticalServicesAreKnown();
    view.setService(service());
    expect(view.setCriticalService(critical(NAMES_WEB))).toContain(KEY);
    expect(view.situation(KEY).protectedBy).toMatchObject([{ name: "web" }]);
    const other = { matchLabels: [{ key: "app", value: "other" }] };
    expect(view.setCriticalService(critical(other, "2"))).toContain(KEY);
    expect(view.situation(KEY).protectedBy).toEqual([]);
  });

  it("takes no CriticalService for changed whose status alone is another", () => {
    const view = new View();
    view.setService(service());
    const first = critical(NAMES_WEB);
    const { metadata } = first;
    view.setCriticalService({ ...first, metadata: { ...metadata, generation: 1 } });
    const status = { matched: 1 };
    const written = { ...first, metadata: { ...metadata, generation: 1 }, status };
    expect(view.setCriticalService(written)).toBeUndefined();
    expect(view.criticalService("web")?.status).toEqual(status);
  });

  it("lets a broken CriticalService protect nothing, and says what is wrong", () => {
    const view = new View();
    view.criticalServicesAreKnown();
    view.setService(service());
    view.setCriticalService(critical({ matchLabels: [] }));
    const { problems } = view.criticalService("web") ?? {};
    expect(problems?.join()).toContain("spec.matchLabels is empty");
    expect(view.situation(KEY).protectedBy).toEqual([]);
  });

  it("passes over Pods that only carry the label", () => {
    const view = new View();
    const impostor = { metadata: { ...fallback().metadata, ownerReferences: [] } };
    expect(view.setFallback(impostor)).toEqual([]);
    expect(view.situation(KEY).fallbacks).toEqual([]);
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
        view.criticalServicesAreKnown();
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
