import type { CriticalServiceObject } from "../../capabilities/domain/critical-service";
import { isReady } from "../../capabilities/domain/fallback-pod";
import type {
  EndpointSliceObject,
  ObjectMeta,
  PodObject,
  ServiceKey,
  ServiceObject,
} from "../../capabilities/domain/kubernetes";
import {
  controllerUid,
  isCritical,
  isLive,
  isLookedAfter,
  isSelected,
  keyOf,
  readyEndpoints,
  serviceOfFallback,
  serviceOfSlice,
} from "./snapshot";

/** A change of one object. */
export type Change = { readonly deleted: boolean } & (
  | { readonly kind: "Service"; readonly object: ServiceObject }
  | { readonly kind: "EndpointSlice"; readonly object: EndpointSliceObject }
  | { readonly kind: "Pod"; readonly object: PodObject }
  | { readonly kind: "CriticalService"; readonly object: CriticalServiceObject }
);

/** A Service lost a fallback Pod that was Ready. */
export interface Loss {
  readonly service: ServiceKey;
  readonly pod: string;
  readonly uid: string;
  /** Milliseconds since there was last a reason to take it away; Infinity: there never was one. */
  readonly sinceReasonMs: number;
}

interface Standing {
  readonly pod: PodObject;
  readonly service: ServiceKey;
  /** When there was last a reason to take it away: a time as the caller counts it. */
  reasonAt: number;
}

/**
 * Finds the fallback Pods that were taken away without a reason: a Service that had a Ready
 * fallback must not lose it before a Pod of its own is Ready, or it has ceased to be critical.
 *
 * Changes have to come in the order of their resourceVersions.
 */
export class LossWatch {
  readonly #services = new Map<ServiceKey, ServiceObject>();
  readonly #criticalServices = new Map<string, CriticalServiceObject>();
  readonly #slices = new Map<ServiceKey, Map<string, EndpointSliceObject>>();
  /** Fallback Pods that are Ready now, by UID. */
  readonly #standing = new Map<string, Standing>();
  /** UIDs of all fallback Pods ever seen: an EndpointSlice may name one for a while longer. */
  readonly #ours = new Set<string>();

  /** How many fallback Pods there have been. */
  get fallbacks(): number {
    return this.#ours.size;
  }

  /**
   * Takes a change into account.
   *
   * @param at when it happened, in milliseconds on any clock
   */
  see(change: Change, at: number): Loss[] {
    const losses = change.kind === "Pod" ? this.#seePod(change.object, change.deleted, at) : [];
    this.#note(change);
    for (const standing of this.#standing.values()) {
      if (this.#mayGo(standing)) {
        standing.reasonAt = at;
      }
    }
    return losses;
  }

  #note({ kind, object, deleted }: Change): void {
    switch (kind) {
      case "Service":
        put(this.#services, keyOf(object), object, deleted);
        return;
      case "CriticalService":
        put(this.#criticalServices, object.metadata?.name ?? "", object, deleted);
        return;
      case "EndpointSlice": {
        const key = serviceOfSlice(object) ?? "";
        const slices = this.#slices.get(key) ?? new Map<string, EndpointSliceObject>();
        put(slices, uidOf(object.metadata), object, deleted);
        this.#slices.set(key, slices);
      }
    }
  }

  #seePod(pod: PodObject, deleted: boolean, at: number): Loss[] {
    const service = serviceOfFallback(pod);
    if (!service) {
      return [];
    }
    const uid = uidOf(pod.metadata);
    this.#ours.add(uid);
    const before = this.#standing.get(uid);
    if (!deleted && isLive(pod) && isReady(pod)) {
      this.#standing.set(uid, { pod, service, reasonAt: before?.reasonAt ?? -Infinity });
      return [];
    }
    this.#standing.delete(uid);
    return before && (deleted || isGoing(pod)) ? [this.#loss(before, at)] : [];
  }

  #loss(standing: Standing, at: number): Loss {
    const { metadata } = standing.pod;
    const sinceReasonMs = this.#mayGo(standing) ? 0 : at - standing.reasonAt;
    const { service } = standing;
    return { service, pod: metadata?.name ?? "", uid: uidOf(metadata), sinceReasonMs };
  }

  #mayGo({ pod, service: key }: Standing): boolean {
    const service = this.#services.get(key);
    return (
      service === undefined ||
      service.metadata?.uid !== controllerUid(pod) ||
      !isLookedAfter(service) ||
      !isSelected(pod, service) ||
      !isCritical(service, this.#criticalServices.values()) ||
      this.#hasRealEndpoint(key) ||
      this.#hasAnother(key, uidOf(pod.metadata))
    );
  }

  #hasRealEndpoint(key: ServiceKey): boolean {
    return readyEndpoints(this.#slices.get(key)?.values() ?? []).some(uid => !this.#ours.has(uid));
  }

  #hasAnother(key: ServiceKey, uid: string): boolean {
    return [...this.#standing].some(([other, { service }]) => service === key && other !== uid);
  }
}

function put<T>(map: Map<string, T>, key: string, value: T, deleted: boolean): void {
  if (deleted) {
    map.delete(key);
  } else {
    map.set(key, value);
  }
}

function isGoing({ metadata }: PodObject): boolean {
  return metadata?.deletionTimestamp !== undefined;
}

function uidOf(metadata: ObjectMeta | undefined): string {
  return metadata?.uid ?? "";
}
