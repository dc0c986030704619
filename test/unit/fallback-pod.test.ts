import { describe, expect, it } from "vitest";
import {
  buildFallbackPod,
  fallbackFor,
  fallbackPodName,
  FALLBACK_LABEL,
  isSelected,
  POD_TEMPLATE_ANNOTATION,
  readFallbackPod,
  type FallbackPlace,
  type FallbackPod,
  type PodSpec,
} from "../../capabilities/domain/fallback-pod";
import { PAGE_HASH_ANNOTATION } from "../../capabilities/domain/page/pod";
import { aPod, aService } from "./build";

const at = {
  namespace: "shop",
  service: "web",
  podName: fallbackPodName("standin", "web"),
  standby: "Cold" as const,
};
const build = (spec: PodSpec, metadata = {}, change: Partial<FallbackPlace> = {}) =>
  buildFallbackPod({ ...at, ...change }, aService(), { metadata, spec });

describe("fallbackPodName", () => {
  const named = (name: string, uid: string) => aPod({ name, uid });

  it.each<[string, string, FallbackPod[]]>([
    ["the Service's name alone", "standin-web", []],
    ["a part of the other's UID", "standin-web-bbbbb", [named("standin-web", "bbbbbb")]],
    [
      "a part of the last UID",
      "standin-web-bbbbb",
      [named("standin-web", "aaaaaa"), named("standin-web-ccccc", "bbbbbb")],
    ],
    [
      "a part of another one's UID if the name is one of theirs",
      "standin-web-aaaaa",
      [named("standin-web-ccccc", "bbbbbb"), named("standin-web-bbbbb", "aaaaaa")],
    ],
    [
      "no UID if all others' are in use",
      "standin-web",
      [named("standin-web-bbbbb", "aaaaaa"), named("standin-web-aaaaa", "bbbbbb")],
    ],
  ])("has %s", (_, name, others) => {
    expect(fallbackPodName("standin", "web", others)).toBe(name);
    expect(fallbackPodName("standin", "web", [...others].reverse())).toBe(name);
  });
});

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

describe("buildFallbackPod for a warm standby", () => {
  const warm = (spec: object = {}, metadata = {}) =>
    build({ containers: [{}], ...spec }, metadata, { standby: "Warm" });

  it("leaves the selector's labels out, whatever the template says", () => {
    const { labels } = warm({}, { labels: { app: "shop", team: "a" } }).metadata;
    expect(labels).toEqual({ team: "a", [FALLBACK_LABEL]: "web" });
  });

  it("wishes for another Node than that of the real Pods, and leaves a lost one soon", () => {
    expect(warm().spec).toMatchObject({
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            {
              podAffinityTerm: {
                labelSelector: { matchLabels: { app: "shop" } },
                topologyKey: "kubernetes.io/hostname",
              },
            },
          ],
        },
      },
      tolerations: [
        { key: "node.kubernetes.io/not-ready", tolerationSeconds: 30 },
        { key: "node.kubernetes.io/unreachable", tolerationSeconds: 30 },
      ],
    });
  });

  it("takes the template's own word for it", () => {
    const own = { affinity: { nodeAffinity: {} }, tolerations: [] };
    expect(warm(own).spec).toMatchObject(own);
  });
});

describe("the priority class", () => {
  it.each<[string, object, string]>([
    ["is the operator's", {}, "important"],
    ["is the template's own", { priorityClassName: "mine" }, "mine"],
  ])("%s", (_, spec, priorityClassName) => {
    const pod = build({ containers: [{}], ...spec }, {}, { priorityClass: "important" });
    expect(pod.spec).toMatchObject({ priorityClassName });
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
    ["a Service of another API", { ownerReferences: [{ ...owner, apiVersion: "x.dev/v1" }] }],
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

  it("takes no other condition for Ready", () => {
    const conditions = (status: string) => [
      { type: "PodScheduled", status: "True" },
      { type: "Ready", status },
    ];
    const ready = ["True", "False"].map(
      status => readFallbackPod({ status: { conditions: conditions(status) } }).ready,
    );
    expect(ready).toEqual([true, false]);
  });

  it("has the ports of all containers", () => {
    const containers = [{ ports: [{ containerPort: 80 }] }, {}, { ports: [{ containerPort: 81 }] }];
    const { ports } = readFallbackPod({ spec: { containers } });
    expect(ports).toEqual([{ containerPort: 80 }, { containerPort: 81 }]);
  });

  it("is made of the PodTemplate that it names, whatever else that brought", () => {
    const page = { [PAGE_HASH_ANNOTATION]: "abc" };
    const annotations = { ...page, [POD_TEMPLATE_ANNOTATION]: "shop/page" };
    const contents = [annotations, page, {}].map(
      annotations => readFallbackPod({ metadata: { annotations } }).content,
    );
    expect(contents).toEqual(["shop/page", "abc", undefined]);
  });
});

describe("isSelected", () => {
  it.each([
    [{ app: "shop", tier: "web", team: "a" }, true],
    [{ app: "shop" }, false],
    [{ app: "shop", tier: "db" }, false],
  ])("is true of a Pod with all labels of the selector: %o %s", (labels, expected) => {
    const service = aService({ selector: { app: "shop", tier: "web" } });
    expect(isSelected({ labels }, service)).toBe(expected);
  });
});
