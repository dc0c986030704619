import type { CriticalServiceSpec, Standby } from "./critical-service";
import type { EndpointCount } from "./endpoints";
import type { FallbackPod } from "./fallback-pod";
import type { ServiceRecord } from "./service";
import type { StandbySlice } from "./standby-slice";

/** A CriticalService that names the Service. */
export interface Protector {
  readonly name: string;
  readonly spec: CriticalServiceSpec;
}

/** All that is known of one Service at one moment. */
export interface Situation {
  readonly service: ServiceRecord | undefined;
  /** Without those of our own. */
  readonly endpoints: EndpointCount;
  /** By name; undefined while the CriticalServices are not read yet. */
  readonly protectedBy: readonly Protector[] | undefined;
  readonly fallbacks: readonly FallbackPod[];
  /** The EndpointSlices of our own. */
  readonly slices: readonly StandbySlice[];
  /**
   * UIDs of Pods that those list and that are not known, yet not known to be gone either: the watches
   * begin in any order.
   */
  readonly unseen?: readonly string[];
  /** Milliseconds for which it has been lame, or well, without a break; undefined: for ever. */
  readonly steadyMs?: number;
  /** Milliseconds for which no CriticalService has named it, without a break; undefined: for ever. */
  readonly unnamedMs?: number;
}

/**
 * Whether a Service is lame: clients get no answer, since none of its own Pods is Ready.
 * Undefined: it is not looked after, or its endpoints are not known yet.
 */
export function isLame({ service, endpoints }: Situation): boolean | undefined {
  return !service || service.skipped || !endpoints.known ? undefined : endpoints.ready === 0;
}

/** How the fallback of a Service stands by: Warm if one of its CriticalServices says so. */
export function standbyOf({ protectedBy = [] }: Pick<Situation, "protectedBy">): Standby {
  return protectedBy.some(({ spec }) => spec.standby === "Warm") ? "Warm" : "Cold";
}

/** Whether a fallback Pod is to be there: the Service is critical, and lame or with a warm standby. */
export function needsFallback(situation: Situation): boolean {
  const lame = isLame(situation);
  const isCritical = (situation.protectedBy?.length ?? 0) > 0;
  return lame !== undefined && isCritical && (lame || standbyOf(situation) === "Warm");
}

/** Whether clients get no answer, and the operator can do something about it: that goes first. */
export function isUrgent(situation: Situation): boolean {
  const { fallbacks } = situation;
  const toStart = !fallbacks.some(({ state }) => state === "live");
  const toPublish = standbyOf(situation) === "Warm";
  return isLame(situation) === true && needsFallback(situation) && (toStart || toPublish);
}

/** Whether something may have to be done about a Service, or told of it. */
export function isOfConcern(situation: Situation): boolean {
  const { protectedBy, fallbacks, slices } = situation;
  // While the CriticalServices are not known, there is no telling.
  const isCritical = protectedBy === undefined || protectedBy.length > 0;
  return isCritical || isLame(situation) === true || fallbacks.length > 0 || slices.length > 0;
}
