import fc from "fast-check";
import type { Standby } from "../../capabilities/domain/critical-service";
import type { ProxyFault } from "./faults";

export const NAMESPACES = ["chaos-a", "chaos-b"] as const;
/** In both namespaces there may be Services of these names. */
export const SERVICES = ["shop", "cart", "api"] as const;
const TIERS = ["front", "back"] as const;
const CRITICAL_SERVICES = ["one", "two", "three"] as const;
const PODS_PER_SERVICE = 2;
/** There is no Service of this name, only what looks like its fallback. */
const NEIGHBOUR = "nobody";

/** What goes wrong in a round. */
export type Fault =
  | { readonly kind: "none" }
  | ProxyFault
  | { readonly kind: "API server killed" | "etcd killed"; readonly downMs: number }
  /** At a random moment; as it writes; when what it wrote is done, but it does not know yet. */
  | { readonly kind: "operator killed" | "killed at a write" | "killed after a write" }
  | { readonly kind: "two operators" | "rolling restart" }
  /** One of them is told everything late, and acts late. */
  | { readonly kind: "two operators, one slow"; readonly delayMs: number };

export interface Place {
  readonly namespace: string;
  readonly service: string;
}

interface PodPlace extends Place {
  readonly index: number;
}

/** By what a Pod or an EndpointSlice of somebody else looks like one of the operator's. */
const IMPOSTOR_MARKS = ["name", "label", "annotation", "slice name", "slice label"] as const;
export type ImpostorMark = (typeof IMPOSTOR_MARKS)[number];

export interface PlannedSpec {
  readonly namespace: string | undefined;
  readonly key: "app" | "tier";
  readonly value: string;
  readonly message: string | undefined;
  readonly standby: Standby | undefined;
}

/** Something that people or their controllers do in the cluster. */
export type Action =
  | Deed<"put Service", Place & { readonly tier: string; readonly version: string }>
  | Deed<"delete Service" | "drop selector" | "delete fallback" | "end fallback", Place>
  | Deed<"put Pod" | "set ready", PodPlace & { readonly ready: boolean }>
  | Deed<"delete Pod" | "relabel Pod", PodPlace>
  | Deed<"put impostor" | "delete impostor", Place & { readonly mark: ImpostorMark }>
  | Deed<"delete standby endpoint" | "empty standby endpoint", Place>
  | Deed<"set standby", { readonly name: string; readonly standby: Standby }>
  | Deed<"put CriticalService", { readonly name: string; readonly spec: PlannedSpec }>
  | Deed<"break CriticalService" | "delete CriticalService", { readonly name: string }>;

type Deed<Name extends string, With> = Name extends unknown ? With & { readonly do: Name } : never;

/** One round: what is done in the cluster while something is wrong. */
export interface Round {
  readonly fault: Fault;
  /** Milliseconds that the fault lasts. */
  readonly faultMs: number;
  /** In the order in which they are done; `afterMs` counts from the beginning of the round. */
  readonly steps: readonly { readonly afterMs: number; readonly action: Action }[];
}

const MAX_FAULT_MS = 4000;
const MAX_STEPS = 24;

const between = (min: number, max: number) => fc.integer({ min, max });
const share = fc.constantFrom(0.5, 0.8, 1);

/** Every kind of fault, each with what varies in it. */
const FAULTS: readonly fc.Arbitrary<Fault>[] = [
  fc.constant({ kind: "none" }),
  fc.constant({ kind: "silence" }),
  fc.constant({ kind: "silent watches" }),
  fc.record({ kind: fc.constant("slow"), delayMs: between(200, 2000) }),
  fc.record({ kind: fc.constant("late lists"), delayMs: between(200, 3000) }),
  fc.record({ kind: fc.constant("busy"), share }),
  fc.record({ kind: fc.constant("errors"), share }),
  fc.record({ kind: fc.constant("cut"), afterMs: between(0, 500) }),
  fc.constant({ kind: "unreachable" }),
  fc.record({ kind: fc.constant("API server killed"), downMs: between(0, 3000) }),
  fc.record({ kind: fc.constant("etcd killed"), downMs: between(0, 3000) }),
  fc.constant({ kind: "operator killed" }),
  fc.constant({ kind: "killed at a write" }),
  fc.constant({ kind: "killed after a write" }),
  fc.constant({ kind: "two operators" }),
  fc.record({ kind: fc.constant("two operators, one slow"), delayMs: between(200, 2000) }),
  fc.constant({ kind: "rolling restart" }),
];

const namespace = fc.constantFrom(...NAMESPACES);
const place = { namespace, service: fc.constantFrom(...SERVICES) };
const podPlace = { ...place, index: between(0, PODS_PER_SERVICE - 1) };
const name = fc.constantFrom(...CRITICAL_SERVICES);
const mark = fc.constantFrom<ImpostorMark>(...IMPOSTOR_MARKS);
const standby = fc.constantFrom<Standby>("Cold", "Warm");

const mostlyTrue = fc.constantFrom(true, true, true, false);

const label = fc.oneof(
  fc.record({ key: fc.constant("app" as const), value: place.service }),
  fc.record({ key: fc.constant("tier" as const), value: fc.constantFrom(...TIERS) }),
);
const spec: fc.Arbitrary<PlannedSpec> = fc
  .tuple(
    label,
    fc.option(namespace, { nil: undefined, freq: 1 }),
    fc.option(fc.constantFrom("Back soon", "Out for lunch"), { nil: undefined }),
    fc.option(standby, { nil: undefined, freq: 2 }),
  )
  .map(([chosen, within, message, standby]) => ({
    ...chosen,
    ...{ namespace: within, message, standby },
  }));

const putService = fc.record({
  ...place,
  do: fc.constant("put Service"),
  tier: fc.constantFrom(...TIERS),
  version: fc.constantFrom("", "", "", "2"),
});

/** Weights such that most Services are critical, and lame for about half of the time. */
const action: fc.Arbitrary<Action> = fc.oneof(
  weighted(4, putService),
  weighted(1, fc.record({ ...place, do: fc.constantFrom("delete Service", "drop selector") })),
  weighted(4, fc.record({ ...place, do: fc.constantFrom("delete fallback", "end fallback") })),
  weighted(12, fc.record({ ...podPlace, do: fc.constant("set ready"), ready: fc.boolean() })),
  weighted(5, fc.record({ ...podPlace, do: fc.constant("put Pod"), ready: mostlyTrue })),
  weighted(5, fc.record({ ...podPlace, do: fc.constant("delete Pod") })),
  weighted(1, fc.record({ ...podPlace, do: fc.constant("relabel Pod") })),
  weighted(1, fc.record({ ...place, do: fc.constant("put impostor"), mark })),
  weighted(3, fc.record({ ...place, do: fc.constant("delete impostor"), mark })),
  weighted(
    1,
    fc.record({
      ...place,
      do: fc.constantFrom("delete standby endpoint", "empty standby endpoint"),
    }),
  ),
  weighted(6, fc.record({ do: fc.constant("put CriticalService"), name, spec })),
  weighted(3, fc.record({ do: fc.constant("set standby"), name, standby })),
  weighted(
    1,
    fc.record({ do: fc.constantFrom("break CriticalService", "delete CriticalService"), name }),
  ),
);

/** As many rounds as there are faults, each fault once. */
const rounds: fc.Arbitrary<readonly Round[]> = fc
  .shuffledSubarray([...FAULTS], { minLength: FAULTS.length })
  .chain(faults => fc.tuple(...faults.map(round)));

function round(fault: fc.Arbitrary<Fault>): fc.Arbitrary<Round> {
  return between(500, MAX_FAULT_MS).chain(faultMs => {
    const step = fc.record({ afterMs: between(0, faultMs + 500), action });
    const steps = fc
      .array(step, { minLength: 2, maxLength: MAX_STEPS, size: "max" })
      .map(unordered => [...unordered].sort((a, b) => a.afterMs - b.afterMs));
    return fc.record({ fault, faultMs: fc.constant(faultMs), steps });
  });
}

function weighted(weight: number, arbitrary: fc.Arbitrary<Action>) {
  return { weight, arbitrary };
}

function putImpostor(where: Place & { readonly mark: ImpostorMark }): Action {
  return { do: "put impostor", ...where };
}

/**
 * What the cluster is like before the first round: all Services are there, lame and critical, those
 * of one namespace with a warm standby; and there are Pods and EndpointSlices that look like ours.
 */
export const PRELUDE: readonly Action[] = [
  ...NAMESPACES.flatMap(namespace =>
    SERVICES.map(
      (service): Action => ({ do: "put Service", namespace, service, tier: "front", version: "" }),
    ),
  ),
  ...NAMESPACES.flatMap(namespace =>
    IMPOSTOR_MARKS.flatMap(mark =>
      // One that has the name keeps the Service from having a fallback.
      (mark.endsWith("name") ? [NEIGHBOUR] : [NEIGHBOUR, ...SERVICES]).map(service =>
        putImpostor({ namespace, service, mark }),
      ),
    ),
  ),
  putImpostor({ namespace: "chaos-a", service: "cart", mark: "name" }),
  putImpostor({ namespace: "chaos-b", service: "cart", mark: "slice name" }),
  ...NAMESPACES.map(
    (namespace, index): Action => ({
      do: "put CriticalService",
      name: CRITICAL_SERVICES[index] ?? "",
      spec: {
        ...{ namespace, key: "tier", value: "front", message: undefined },
        standby: index === 0 ? "Cold" : "Warm",
      },
    }),
  ),
];

/** The rounds of a campaign: of the same seed always the same, and the first ones of a longer one. */
export function planCampaign(seed: number, count: number): Round[] {
  const blocks = fc.sample(rounds, { seed, numRuns: Math.ceil(count / FAULTS.length) });
  return blocks.flat().slice(0, count);
}
