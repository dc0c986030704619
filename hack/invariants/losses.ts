import type { CriticalServiceObject } from "../../capabilities/domain/critical-service";
import { isReady } from "../../capabilities/domain/fallback-pod";
import type {
  EndpointSliceObject,
  ObjectMeta,
  PodObject,
  ServiceKey,
  ServiceObject,
} from "../../capabilities/domain/kubernetes";
import { isStandbySlice } from "../../capabilities/domain/standby-slice";
import { bestReach, canServe, type Reach } from "./reach";
import {
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

/** A Service lost a Ready fallback Pod, or the endpoint by which its clients get there. */
export interface Loss {
  readonly service: ServiceKey;
  /** What was deleted or changed: `Pod x` or `EndpointSlice x`. */
  readonly object: string;
  readonly uid: string;
  /** Of the change. */
  readonly resourceVersion: string;
  /** Milliseconds since there was last a reason for it; Infinity: there never was one. */
  readonly sinceReasonMs: number;
}

/** By what clients get to a fallback: a Pod that is Ready, or an EndpointSlice of the operator's. */
type Carrier = (
  | { readonly kind: "Pod"; readonly object: PodObject }
  | { readonly kind: "EndpointSlice"; readonly object: EndpointSliceObject }
) & {
  readonly service: ServiceKey;
  /** Until when there was a reason to take it away: a time as the caller counts it. */
  reasonAt: number;
};

/**
 * Finds the fallbacks that were taken away without a reason: a Service whose clients get to a Ready
 * fallback must not lose it before a Pod of its own is Ready, or it has ceased to be critical. What
 * counts is what the EndpointSlices say; for a Cold fallback, which Kubernetes lists by itself, also
 * that it is there to be listed.
 *
 * Changes have to come in the order of their resourceVersions.
 */
export class LossWatch {
  readonly #services = new Map<ServiceKey, ServiceObject>();
  readonly #criticalServices = new Map<string, CriticalServiceObject>();
  /** The EndpointSlices that are not the operator's, by UID. */
  readonly #slices = new Map<ServiceKey, Map<string, EndpointSliceObject>>();
  /** By UID. */
  readonly #carriers = new Map<string, Carrier>();
  /** UIDs of all fallback Pods ever seen: an EndpointSlice may name one for a while longer. */
  readonly #ours = new Set<string>();
  #standbyWrites = 0;

  /** How many fallback Pods there have been. */
  get fallbacks(): number {
    return this.#ours.size;
  }

  /** How often an EndpointSlice of the operator's was written. */
  get standbyWrites(): number {
    return this.#standbyWrites;
  }

  /**
   * Takes a change into account.
   *
   * @param at when it happened, in milliseconds on any clock
   */
  see(change: Change, at: number): Loss[] {
    for (const each of this.#carriers.values()) {
      if (this.#mayGo(each)) {
        each.reasonAt = at;
      }
    }
    const carrier = this.#carriers.get(uidOf(change.object));
    const before = carrier ? this.#reach(carrier.service) : 0;
    this.#note(change);
    return carrier && this.#isLoss(carrier, change, before) ? [lossOf(carrier, change, at)] : [];
  }

  #isLoss(carrier: Carrier, { object, deleted }: Change, before: Reach): boolean {
    return carrier.kind === "Pod"
      ? isLive(carrier.object) &&
          isReady(carrier.object) &&
          (deleted || object.metadata?.deletionTimestamp !== undefined)
      : this.#reach(carrier.service) < before;
  }

  #note({ kind, object, deleted }: Change): void {
    switch (kind) {
      case "Service":
        put(this.#services, keyOf(object), object, deleted);
        return;
      case "CriticalService":
        put(this.#criticalServices, object.metadata?.name ?? "", object, deleted);
        return;
      case "Pod":
        this.#notePod(object, deleted);
        return;
      case "EndpointSlice":
        this.#noteSlice(object, deleted);
    }
  }

  #notePod(object: PodObject, deleted: boolean): void {
    const service = serviceOfFallback(object);
    if (service !== undefined) {
      this.#ours.add(uidOf(object));
      this.#carry({ kind: "Pod", object, service, reasonAt: -Infinity }, deleted);
    }
  }

  #noteSlice(object: EndpointSliceObject, deleted: boolean): void {
    const service = serviceOfSlice(object) ?? "";
    if (isStandbySlice(object)) {
      this.#standbyWrites += deleted ? 0 : 1;
      this.#carry({ kind: "EndpointSlice", object, service, reasonAt: -Infinity }, deleted);
      return;
    }
    const slices = this.#slices.get(service) ?? new Map<string, EndpointSliceObject>();
    put(slices, uidOf(object), object, deleted);
    this.#slices.set(service, slices);
  }

  #carry(carrier: Carrier, deleted: boolean): void {
    const uid = uidOf(carrier.object);
    const reasonAt = this.#carriers.get(uid)?.reasonAt ?? carrier.reasonAt;
    put(this.#carriers, uid, { ...carrier, reasonAt }, deleted);
  }

  #mayGo(carrier: Carrier): boolean {
    const { service: key } = carrier;
    const service = this.#services.get(key);
    return (
      service === undefined ||
      !isLookedAfter(service) ||
      !isCritical(service, this.#criticalServices.values()) ||
      this.#hasRealEndpoint(key) ||
      this.#isSpare(carrier, service)
    );
  }

  #hasRealEndpoint(key: ServiceKey): boolean {
    return readyEndpoints(this.#slices.get(key)?.values() ?? []).some(uid => !this.#ours.has(uid));
  }

  /** Whether clients get to a fallback just as well without it. */
  #isSpare(carrier: Carrier, service: ServiceObject): boolean {
    const without = this.#reach(carrier.service, carrier);
    if (carrier.kind === "EndpointSlice") {
      return without >= this.#reach(carrier.service) || this.#isOtherReady(carrier, service);
    }
    const { object: pod } = carrier;
    const isToBeListed = canServe(pod, service) && isSelected(pod, service);
    const own = isToBeListed ? 2 : bestReach(service, [pod], this.#slicesOf(carrier.service));
    return without >= own;
  }

  /** Whether there is a Ready fallback beside those that the EndpointSlice lists, to be listed instead. */
  #isOtherReady({ object, service: key }: Carrier, service: ServiceObject): boolean {
    const { endpoints } = object as EndpointSliceObject;
    const listed = (endpoints ?? []).map(({ targetRef }) => targetRef?.uid);
    return this.#podsOf(key).some(pod => canServe(pod, service) && !listed.includes(uidOf(pod)));
  }

  #reach(key: ServiceKey, without?: Carrier): Reach {
    const service = this.#services.get(key);
    return service
      ? bestReach(service, this.#podsOf(key, without), this.#slicesOf(key, without))
      : 0;
  }

  #podsOf(key: ServiceKey, without?: Carrier): PodObject[] {
    return [...this.#carriers.values()]
      .filter(carrier => carrier !== without && carrier.service === key)
      .flatMap(({ kind, object }) => (kind === "Pod" ? [object] : []));
  }

  #slicesOf(key: ServiceKey, without?: Carrier): EndpointSliceObject[] {
    const ours = [...this.#carriers.values()]
      .filter(carrier => carrier !== without && carrier.service === key)
      .flatMap(({ kind, object }) => (kind === "EndpointSlice" ? [object] : []));
    return [...(this.#slices.get(key)?.values() ?? []), ...ours];
  }
}

function lossOf({ service, kind, reasonAt }: Carrier, { object }: Change, at: number): Loss {
  const { name = "", uid = "", resourceVersion = "" } = object.metadata ?? {};
  const sinceReasonMs = at - reasonAt;
  return { service, object: `${kind} ${name}`, uid, resourceVersion, sinceReasonMs };
}

function put<T>(map: Map<string, T>, key: string, value: T, deleted: boolean): void {
  if (deleted) {
    map.delete(key);
  } else {
    map.set(key, value);
  }
}

function uidOf({ metadata }: { metadata?: ObjectMeta }): string {
  return metadata?.uid ?? "";
}
