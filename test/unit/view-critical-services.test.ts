import { describe, expect, it } from "vitest";
import { View } from "../../capabilities/domain/view";
import { critical, fallback, KEY, NAMES_WEB, service, standbySlice } from "./objects";

describe("the view of CriticalServices", () => {
  it("says nothing of protection until the CriticalServices are known", () => {
    const view = new View();
    view.setService(service());
    view.setCriticalService(critical({ matchLabels: [{ key: "app", value: "other" }] }));
    expect(view.situation(KEY).protectedBy).toBeUndefined();
    view.allIsKnown();
    expect(view.situation(KEY).protectedBy).toEqual([]);
  });

  it("asks for the Services that a changed CriticalService named before and names now", () => {
    const view = new View();
    view.allIsKnown();
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
    for (const times of ["once", "twice"]) {
      expect(view.setCriticalService(written), times).toBeUndefined();
      expect(view.criticalService("web")?.status).toEqual(status);
    }
  });

  it("lets a broken CriticalService protect nothing, and says what is wrong", () => {
    const view = new View();
    view.allIsKnown();
    view.setService(service());
    view.setCriticalService(critical({ matchLabels: [] }));
    const { problems } = view.criticalService("web") ?? {};
    expect(problems?.join()).toContain("spec.matchLabels is empty");
    expect(view.situation(KEY).protectedBy).toEqual([]);
  });

  it("asks for all that has a fallback or a standby whenever all is known", () => {
    const view = new View();
    view.setService(service());
    view.setFallback(fallback());
    const labels = { ...standbySlice().metadata.labels, "kubernetes.io/service-name": "cart" };
    const [owner] = fallback().metadata.ownerReferences;
    const ownerReferences = owner ? [{ ...owner, name: "cart" }] : [];
    view.setSlice({ metadata: { ...standbySlice().metadata, labels, ownerReferences } });
    for (const time of ["first", "second"]) {
      expect(view.allIsKnown(), time).toEqual([KEY, "shop/cart"]);
    }
  });

  it("takes one that was made anew for another", () => {
    const view = new View();
    view.allIsKnown();
    view.setService(service());
    const first = critical({ matchLabels: [{ key: "app", value: "other" }] });
    const second = critical(NAMES_WEB, "3");
    view.setCriticalService({ ...first, metadata: { ...first.metadata, generation: 1 } });
    const metadata = { ...second.metadata, uid: "c2", generation: 1 };
    expect(view.setCriticalService({ ...second, metadata })).toEqual([KEY]);
    view.setStatus("web", "c1", { matched: 0 });
    expect(view.criticalService("web")?.status).toBeUndefined();
    expect(view.dropCriticalService(critical(NAMES_WEB, "2"))).toEqual([]);
    expect(view.situation(KEY).protectedBy).toHaveLength(1);
  });

  it("forgets one that is gone, whatever comes late", () => {
    const view = new View();
    view.allIsKnown();
    view.setService(service());
    view.setCriticalService(critical(NAMES_WEB, "1"));
    expect(view.dropCriticalService(critical(NAMES_WEB, "3"))).toEqual([KEY]);
    expect(view.setCriticalService(critical(NAMES_WEB, "2"))).toBeUndefined();
    expect(view.situation(KEY).protectedBy).toEqual([]);
  });
});
