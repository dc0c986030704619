import fc from "fast-check";
import type { Fate, Fault } from "./requests";

const SERVICES = ["shop/a", "shop/b", "other/a"] as const;
const PODS = ["shop/p1", "shop/p2", "shop/p3", "other/p1"] as const;
export const SELECTORS = [
  { app: "a" },
  { app: "b" },
  { app: "a", tier: "x" },
  {},
] as const satisfies Record<string, string>[];
/** `spec` of CriticalServices. */
export const PROTECTIONS = [
  {},
  { standby: "Warm" },
  { podTemplate: { namespace: "shop", name: "t1" } },
  { standby: "Warm", podTemplate: { namespace: "shop", name: "t2" } },
  { page: { message: "Back soon" } },
  { standby: "Warm", page: { configMap: { name: "page", key: "html" } } },
  { page: { configMap: { name: "page", key: "html" } } },
  { activateAfterSeconds: 2 },
  { releaseAfterSeconds: 3, page: { message: "Back soon" } },
  { namespace: "shop" },
  { matchLabels: [] },
] as const;
/** Used when no CriticalService says what to run; without it the built-in page is. */
export const DEFAULT_TEMPLATE = "linux-mag/critical-service-pod-template";
export const WATCHES = 10;

/** Something that happens. */
export type Step =
  | {
      does: "service";
      name: string;
      selector: number;
      critical: boolean;
      external: boolean;
      udp: boolean;
    }
  | { does: "deleteService"; name: string }
  | { does: "pod"; name: string; labels: number }
  | { does: "ready"; name: string; ready: boolean }
  | { does: "deletePod"; name: string; graceMs: number }
  | { does: "critical"; name: string; protection: number }
  | { does: "deleteCritical"; name: string }
  | { does: "template"; name: string; state: "good" | "privileged" | "none" }
  | { does: "configMap"; html: string | undefined }
  | { does: "fallback"; which: number; fate: "fail" | "unready" | "ready" | "evict" | "vanish" }
  | { does: "squat"; kind: "Pod" | "EndpointSlice"; name: string; present: boolean }
  | {
      does: "watch";
      operator: number;
      watch: number;
      what: "cut" | "connect" | "relist";
      ms: number;
    }
  | { does: "lag"; operator: number; watch: number; ms: number }
  | { does: "pace"; endpointsMs: number; podStartMs: number; garbageMs: number }
  | { does: "restart"; operator: number; startMs: number[] }
  | { does: "wait" };

export interface History {
  readonly operators: number;
  readonly seed: number;
  /** The protection that there is from the start. */
  readonly protection: number;
  /** What happens, and the milliseconds after it. */
  readonly steps: readonly { readonly step: Step; readonly ms: number }[];
  /** What becomes of the first requests; those after them go well. */
  readonly fates: readonly Fate[];
  /** At the end, once all is at rest: what happens while every request fails. */
  readonly outage: { readonly fault: Fault; readonly step: Step };
}

const aService = fc.constantFrom(...SERVICES);
const aPod = fc.constantFrom(...PODS);
const aSelector = fc.nat(SELECTORS.length - 1);
const aCritical = fc.constantFrom("x", "y");
const aProtection = fc.nat(PROTECTIONS.length - 1);
const aWatch = fc.nat(WATCHES - 1);
/** Short ones more often: most races are within milliseconds. */
const aWhile = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(0, 1, 2, 5, 20) },
  { weight: 3, arbitrary: fc.integer({ min: 50, max: 1500 }) },
  { weight: 1, arbitrary: fc.integer({ min: 2000, max: 20_000 }) },
);
const anOperator = fc.nat(1);

function step<T extends Step["does"]>(
  does: T,
  fields: {
    [K in keyof Omit<Extract<Step, { does: T }>, "does">]: fc.Arbitrary<
      Extract<Step, { does: T }>[K]
    >;
  },
): fc.Arbitrary<Step> {
  return fc.record({ does: fc.constant(does), ...fields }) as unknown as fc.Arbitrary<Step>;
}

const clusterSteps: [number, fc.Arbitrary<Step>][] = [
  [
    3,
    step("service", {
      name: aService,
      selector: aSelector,
      critical: fc.constantFrom(true, true, true, false),
      external: fc.constantFrom(false, false, false, true),
      udp: fc.constantFrom(false, false, false, true),
    }),
  ],
  [2, step("deleteService", { name: aService })],
  [4, step("pod", { name: aPod, labels: fc.nat(2) })],
  [4, step("ready", { name: aPod, ready: fc.boolean() })],
  [5, step("deletePod", { name: aPod, graceMs: fc.constantFrom(0, 300) })],
  [3, step("critical", { name: aCritical, protection: aProtection })],
  [1, step("deleteCritical", { name: aCritical })],
  [
    1,
    step("template", {
      name: fc.constantFrom("shop/t1", "shop/t2", DEFAULT_TEMPLATE),
      state: fc.constantFrom("good" as const, "privileged" as const, "none" as const),
    }),
  ],
  [1, step("configMap", { html: fc.constantFrom("<p>1</p>", "<p>2</p>", undefined) })],
  [
    3,
    step("fallback", {
      which: fc.nat(2),
      fate: fc.constantFrom("fail", "unready", "ready", "evict", "vanish"),
    }),
  ],
  [
    1,
    step("squat", {
      kind: fc.constantFrom("Pod" as const, "EndpointSlice" as const),
      name: aService,
      present: fc.boolean(),
    }),
  ],
];

const trouble: [number, fc.Arbitrary<Step>][] = [
  [
    4,
    step("watch", {
      operator: anOperator,
      watch: aWatch,
      what: fc.constantFrom("cut" as const, "connect" as const, "relist" as const),
      ms: aWhile,
    }),
  ],
  [3, step("lag", { operator: anOperator, watch: aWatch, ms: aWhile })],
  [1, step("pace", { endpointsMs: aWhile, podStartMs: aWhile, garbageMs: aWhile })],
  [
    1,
    step("restart", {
      operator: anOperator,
      startMs: fc.array(aWhile, { minLength: WATCHES, maxLength: WATCHES }),
    }),
  ],
  [5, fc.constant({ does: "wait" })],
];

const aFault = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Fault>("none") },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Fault>(409, 422, 429, 500, "late-500", "no-answer", "lost-answer"),
  },
);

/** @param operators how many run at once */
export function anyHistory(operators: number): fc.Arbitrary<History> {
  const anyStep = fc.oneof(
    ...[...clusterSteps, ...trouble].map(([weight, arbitrary]) => ({ weight, arbitrary })),
  );
  return fc.record({
    operators: fc.constant(operators),
    seed: fc.nat(),
    protection: aProtection,
    steps: fc.array(fc.record({ step: anyStep, ms: aWhile }), { maxLength: 40, size: "max" }),
    outage: fc.record({
      fault: fc.constantFrom<Fault>(429, 500, "no-answer"),
      step: fc.oneof(...clusterSteps.map(([weight, arbitrary]) => ({ weight, arbitrary }))),
    }),
    fates: fc.array(fc.record({ ms: aWhile, fault: aFault }), { maxLength: 40, size: "max" }),
  });
}
