import { describe, expect, it } from "vitest";
import {
  buildFallbackPod,
  fallbackFor,
  fallbackPodName,
  FALLBACK_LABEL,
  readFallbackPod,
  type PodSpec,
} from "../../capabilities/domain/fallback-pod";

const service = { uid: "s1", labels: {}, selector: { app: "shop" }, ports: [], skipped: undefined };
const at = { namespace: "shop", service: "web", podName: fallbackPodName("standin", "web") };
const build = (spec: PodSpec, metadata = {}) => buildFallbackPod(at, service, { metadata, spec });

describe("buildFallbackPod", () => {
  it("makes a Pod that is recognised as ours", () => {
    const pod = build({ containers: [{}] });
    expect(pod.metadata.name).toBe("standin-web");
    expect(fallbackFor(pod)).toBe("web");
    expect(readFallbackPod(pod)).toMatchObject({ state: "live", serviceUid: "s1" });
  });

  it("takes the template's labels and annotations, but the selector has the last word", () => {
    const { labels, annotations } = build(
      { containers: [{}] },
      { labels: { app: "page", team: "a", [FALLBACK_LABEL]: "x" }, annotations: { note: "b" } },
    ).metadata;
    expect(labels).toEqual({ app: "shop", team: "a", [FALLBACK_LABEL]: "web" });
    expect(annotations).toEqual({ note: "b", "service-watcher": "owned" });
  });

  it.each<[string, PodSpec, object]>([
    ["by default", { containers: [{}] }, { preStop: { sleep: { seconds: 5 } } }],
    [
      "within the grace period",
      { terminationGracePeriodSeconds: 3, containers: [{}] },
      { preStop: { sleep: { seconds: 2 } } },
    ],
    [
      "unless the template has a preStop of its own",
      { containers: [{ lifecycle: { preStop: { exec: { command: ["x"] } } } }] },
      { preStop: { exec: { command: ["x"] } } },
    ],
  ])("has it serve on for a while when it is deleted, %s", (_, spec, lifecycle) => {
    expect(build(spec).spec.containers[0]?.lifecycle).toEqual(lifecycle);
  });

  it("leaves a Pod alone that is to end at once", () => {
    const spec = { terminationGracePeriodSeconds: 1, containers: [{}] };
    expect(build(spec).spec).toEqual(spec);
  });
});

describe("fallbackFor", () => {
  const ours = build({ containers: [{}] });
  const owner = ours.metadata.ownerReferences[0];

  it.each<[string, object]>([
    ["no annotation", { annotations: {} }],
    ["no label", { labels: {} }],
    ["no owner", { ownerReferences: [] }],
    ["another kind of owner", { ownerReferences: [{ ...owner, kind: "ReplicaSet" }] }],
    ["another Service as owner", { ownerReferences: [{ ...owner, name: "cart" }] }],
    ["an owner that does not control it", { ownerReferences: [{ ...owner, controller: false }] }],
  ])("does not take a Pod with %s for ours", (_, change) => {
    expect(fallbackFor({ metadata: { ...ours.metadata, ...change } })).toBeUndefined();
  });
});

describe("readFallbackPod", () => {
  it.each([
    ["live", {}, { phase: "Pending" }],
    ["live", {}, { phase: "Running" }],
    ["dead", {}, { phase: "Failed" }],
    ["dead", {}, { phase: "Succeeded" }],
    ["terminating", { deletionTimestamp: "2030-01-01T00:00:00Z" }, { phase: "Failed" }],
  ])("is %s with %o %o", (state, metadata, status) => {
    expect(readFallbackPod({ metadata, status }).state).toBe(state);
  });
});
