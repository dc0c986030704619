import type { Standby } from "./critical-service";
import { isSelected, type FallbackPod } from "./fallback-pod";
import { doubtMs, patienceOf } from "./patience";
import type { ServiceRecord } from "./service";
import { isLame, needsFallback, standbyOf, type Situation } from "./situation";
import {
  isListed,
  sliceChanges,
  staleSlices,
  type SliceChange,
  type StandbySlice,
} from "./standby-slice";

/** What to do about one Service, and why. */
export type Decision =
  | { readonly action: "nothing" | "keep"; readonly reason: string }
  | { readonly action: "wait"; readonly ms: number; readonly reason: string }
  | {
      readonly action: "start";
      readonly service: ServiceRecord;
      readonly standby: Standby;
      readonly reason: string;
    }
  | {
      readonly action: "remove" | "replace";
      readonly pods: readonly FallbackPod[];
      readonly reason: string;
    }
  | {
      readonly action: "publish";
      readonly service: ServiceRecord;
      readonly changes: readonly SliceChange[];
      readonly reason: string;
    }
  | {
      readonly action: "withdraw";
      readonly slices: readonly StandbySlice[];
      readonly reason: string;
    };

/**
 * Decides about one Service, from what is there alone: asked twice, late or after a restart, the
 * answer leads to the same end. One step at a time: the next is asked for when this one is done.
 *
 * @param content what a fallback Pod is to be made of now; undefined: whatever it is made of is fine
 */
export function decide(situation: Situation, content?: string): Decision {
  const { service, endpoints, protectedBy } = situation;
  if (!service) {
    return nothing("the Service is gone; garbage collection takes its fallback");
  }
  if (service.skipped) {
    return release(situation, service.skipped);
  }
  if (!protectedBy) {
    return nothing("the CriticalServices are not read yet");
  }
  if (protectedBy.length === 0) {
    return unnamed(situation);
  }
  if (!endpoints.known) {
    return nothing("the Service's endpoints are not known yet");
  }
  const patience = patienceOf(situation);
  if (patience) {
    return { action: "wait", ...patience };
  }
  if (!needsFallback(situation)) {
    return release(situation, `the Service has ${endpoints.ready} Ready Pod(s) of its own`);
  }
  return standIn({ ...situation, service, standby: standbyOf(situation), content });
}

function unnamed(situation: Situation): Decision {
  const reason = "no CriticalService names the Service";
  const ms = doubtMs(situation);
  return ms > 0 ? { action: "wait", ms, reason } : release(situation, reason);
}

/** What {@link standIn} looks at. */
interface Need extends Situation {
  readonly service: ServiceRecord;
  readonly standby: Standby;
  readonly content: string | undefined;
}

/**
 * One live fallback Pod is to be there, found by its labels (Cold) or through an EndpointSlice of
 * ours (Warm). What clients reach until then stays until they reach that one.
 */
function standIn(need: Need): Decision {
  const { service, fallbacks, slices, protectedBy = [], standby } = need;
  const able = fallbacks.filter(pod => whyUseless(pod, service) === undefined);
  const kept = best(able.filter(pod => fits(pod, need)));
  const endpoint = decideEndpoint(need, kept);
  if (endpoint) {
    return endpoint;
  }
  const isInService = standby === "Cold" ? isFound(kept, need) : isListed(kept, slices);
  const stays = (pod: FallbackPod) => !isInService && able.includes(pod) && serves(pod, need);
  const others = fallbacks.filter(
    pod => pod !== kept && pod.state !== "terminating" && !stays(pod),
  );
  const [first] = others;
  if (first) {
    const reason = whyUseless(first, service) ?? whySuperfluous(first, need);
    return { action: "replace", pods: others, reason };
  }
  const names = protectedBy.map(({ name }) => name).join(", ");
  const reason = `CriticalService ${names} names the Service`;
  if (kept) {
    return { action: "keep", reason };
  }
  const isChange = able.some(stays);
  return { action: "start", service, standby, reason: isChange ? "its content changed" : reason };
}

/** What is to be done about the EndpointSlices of ours; undefined: they are as they are to be. */
function decideEndpoint(need: Need, kept: FallbackPod | undefined): Decision | undefined {
  const { service, slices, standby, unseen } = need;
  const stale = staleSlices(service, slices);
  if (stale.length > 0) {
    return withdraw(stale, "the Service has no place for the EndpointSlice any more");
  }
  if (standby === "Cold" && isFound(kept, need) && slices.length > 0) {
    return withdraw(slices, "the Service's selector finds the fallback Pod");
  }
  if (standby === "Cold" && slices.length === 0) {
    return undefined;
  }
  const lame = isLame(need) === true;
  const changes = sliceChanges(service, slices, standbyPod(need, kept), lame, unseen);
  const reason = lame ? "the Service is lame" : "the Service has Ready Pods of its own";
  return changes.length > 0 ? { action: "publish", service, changes, reason } : undefined;
}

/** The Pod for the EndpointSlices to list: a Ready one, if any; the one that they list rather than a third. */
function standbyPod(
  { service, fallbacks, slices }: Need,
  kept: FallbackPod | undefined,
): FallbackPod | undefined {
  const isOnlyHere = (pod: FallbackPod) => !isSelected(pod, service) || isListed(pod, slices);
  const possible = fallbacks.filter(
    pod => pod.ready && pod.serviceUid === service.uid && isOnlyHere(pod),
  );
  const live = possible.filter(({ state }) => state === "live");
  return (
    live.find(pod => pod === kept) ??
    live.find(pod => isListed(pod, slices)) ??
    live[0] ??
    // Evicted, say: it goes on serving for some seconds.
    possible.find(({ state }) => state === "terminating")
  );
}

function best(pods: readonly FallbackPod[]): FallbackPod | undefined {
  return pods.find(({ ready }) => ready) ?? pods[0];
}

/** Whether the Pod is reached in the way that is asked for, and made of what is asked for. */
function fits(pod: FallbackPod, { service, standby, content }: Need): boolean {
  const isRight = isSelected(pod, service) === (standby === "Cold");
  return isRight && (content === undefined || pod.content === content);
}

/** Whether clients reach the Pod, or will when it is Ready. */
function serves(pod: FallbackPod, need: Need): boolean {
  const isToBeFound = isSelected(pod, need.service) && isLame(need) === true;
  return isToBeFound || isListed(pod, need.slices);
}

/** Whether clients reach the Pod by the Service's selector: Kubernetes has listed it by now. */
function isFound(pod: FallbackPod | undefined, { endpoints }: Need): boolean {
  return pod?.ready === true && endpoints.fallbacks.includes(pod.uid);
}

/** Why the Pod can't stand in for the Service; undefined if it can. */
function whyUseless(pod: FallbackPod, service: ServiceRecord): string | undefined {
  if (pod.state !== "live") {
    return pod.state === "dead" ? "the fallback Pod has ended" : "the fallback Pod is terminating";
  }
  return pod.serviceUid === service.uid
    ? undefined
    : "the fallback Pod belongs to an earlier Service of that name";
}

function whySuperfluous(pod: FallbackPod, { service, standby }: Need): string {
  if (standby === "Cold" && !isSelected(pod, service)) {
    return "the Service's selector does not find the Pod";
  }
  return "another fallback Pod stands in";
}

function nothing(reason: string): Decision {
  return { action: "nothing", reason };
}

function withdraw(slices: readonly StandbySlice[], reason: string): Decision {
  return { action: "withdraw", slices, reason };
}

/** No fallback is to be there. The EndpointSlices go first, as clients come through them. */
function release({ fallbacks, slices }: Situation, reason: string): Decision {
  if (slices.length > 0) {
    return withdraw(slices, reason);
  }
  const pods = fallbacks.filter(({ state }) => state !== "terminating");
  return pods.length === 0 ? nothing(reason) : { action: "remove", pods, reason };
}
