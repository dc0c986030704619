import type { CriticalServiceSpec } from "./critical-service";
import type { EndpointCount } from "./endpoints";
import { isSelected, type FallbackPod } from "./fallback-pod";
import type { ServiceRecord } from "./service";

/** A CriticalService that names the Service. */
export interface Protector {
  readonly name: string;
  readonly spec: CriticalServiceSpec;
}

/** All that is known of one Service at one moment. */
export interface Situation {
  readonly service: ServiceRecord | undefined;
  readonly endpoints: EndpointCount;
  /** By name; undefined while the CriticalServices are not read yet. */
  readonly protectedBy: readonly Protector[] | undefined;
  readonly fallbacks: readonly FallbackPod[];
}

/** What to do about one Service, and why. */
export type Decision =
  | { readonly action: "nothing" | "keep"; readonly reason: string }
  | { readonly action: "start"; readonly service: ServiceRecord; readonly reason: string }
  | {
      readonly action: "remove" | "replace";
      readonly pods: readonly FallbackPod[];
      readonly reason: string;
    };

/**
 * Whether a Service is lame: clients get no answer, since none of its own Pods is Ready.
 * Undefined: it is not looked after, or its endpoints are not known yet.
 */
export function isLame({ service, endpoints }: Situation): boolean | undefined {
  return !service || service.skipped || !endpoints.known ? undefined : endpoints.ready === 0;
}

/**
 * Decides about one Service, from what is there alone: asked twice, late or after a restart, the
 * answer leads to the same end.
 *
 * @param content what a fallback Pod is to be made of now; undefined: whatever it is made of is fine
 */
export function decide(situation: Situation, content?: string): Decision {
  const { service, endpoints, protectedBy, fallbacks } = situation;
  if (!service) {
    return nothing("the Service is gone; garbage collection takes its fallback Pod");
  }
  if (service.skipped) {
    return remove(fallbacks, service.skipped);
  }
  if (!protectedBy) {
    return nothing("the CriticalServices are not read yet");
  }
  if (protectedBy.length === 0) {
    return remove(fallbacks, "no CriticalService names the Service");
  }
  if (!endpoints.known) {
    return nothing("the Service's endpoints are not known yet");
  }
  if (endpoints.ready > 0) {
    return remove(fallbacks, `the Service has ${endpoints.ready} Ready Pod(s) of its own`);
  }
  const names = protectedBy.map(({ name }) => name).join(", ");
  return standIn(service, fallbacks, content, `CriticalService ${names} names the Service`);
}

/** Whether a fallback Pod is to stand in: the Service is lame and critical. */
export function needsFallback(situation: Situation): boolean {
  return isLame(situation) === true && (situation.protectedBy?.length ?? 0) > 0;
}

/** One live fallback Pod is to stand in. One with other content stays until its successor is Ready. */
function standIn(
  service: ServiceRecord,
  fallbacks: readonly FallbackPod[],
  content: string | undefined,
  reason: string,
): Decision {
  const useful = fallbacks.filter(pod => whyUseless(pod, service) === undefined);
  const current = useful.filter(pod => content === undefined || pod.content === content);
  const kept = current.find(({ ready }) => ready) ?? current[0];
  const outdated = kept?.ready ? [] : useful.filter(pod => !current.includes(pod));
  const others = fallbacks.filter(
    pod => pod !== kept && pod.state !== "terminating" && !outdated.includes(pod),
  );
  const [first] = others;
  if (first) {
    return { action: "replace", pods: others, reason: whyUseless(first, service) ?? SUPERFLUOUS };
  }
  if (kept) {
    return { action: "keep", reason };
  }
  return { action: "start", service, reason: outdated.length > 0 ? "its content changed" : reason };
}

const SUPERFLUOUS = "another fallback Pod stands in";

/** Why the Pod can't stand in for the Service; undefined if it can. */
function whyUseless(pod: FallbackPod, service: ServiceRecord): string | undefined {
  if (pod.state !== "live") {
    return pod.state === "dead" ? "the fallback Pod has ended" : "the fallback Pod is terminating";
  }
  if (pod.serviceUid !== service.uid) {
    return "the fallback Pod belongs to an earlier Service of that name";
  }
  return isSelected(pod, service) ? undefined : "the Service's selector no longer finds the Pod";
}

function nothing(reason: string): Decision {
  return { action: "nothing", reason };
}

function remove(fallbacks: readonly FallbackPod[], reason: string): Decision {
  const pods = fallbacks.filter(({ state }) => state !== "terminating");
  return pods.length === 0 ? nothing(reason) : { action: "remove", pods, reason };
}
