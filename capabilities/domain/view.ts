import { ByService } from "./by-service";
import type { CriticalServiceObject } from "./critical-service";
import type { Situation } from "./situation";
import { Protection, type CriticalServiceRecord } from "./protection";
import {
  countEndpoints,
  lists,
  readSlice,
  SERVICE_NAME_LABEL,
  type SliceRecord,
} from "./endpoints";
import { fallbackFor, readFallbackPod, type FallbackPod } from "./fallback-pod";
import {
  serviceKey,
  type EndpointSliceObject,
  type ObjectMeta,
  type PodObject,
  type ServiceKey,
  type ServiceObject,
} from "./kubernetes";
import { readService } from "./service";
import type { CriticalServiceStatus } from "./status";
import { isStandbySlice, readStandbySlice, type StandbySlice } from "./standby-slice";
import { Tombstones } from "./tombstones";

/**
 * What the operator knows of the cluster, put together from the watches.
 *
 * Each `set…` and `drop…` returns the keys of the Services that it may concern. Events may come
 * twice, and what watches, lists and answers tell of one object in any order: a state older than the
 * object's deletion is passed over.
 */
export class View {
  readonly #slices = new ByService<SliceRecord>();
  readonly #standbySlices = new ByService<StandbySlice>();
  readonly #fallbacks = new ByService<FallbackPod>();
  /** Of all Services: the selector of one may find the fallback of another. */
  readonly #fallbackKeys = new Map<string, ServiceKey>();
  readonly #protection = new Protection();
  readonly #tombstones = new Tombstones();
  #criticalServicesKnown = false;

  setService(service: ServiceObject): ServiceKey[] {
    if (this.#isLate(service.metadata)) {
      return [];
    }
    const key = keyOf(service.metadata);
    this.#protection.setService(key, readService(service));
    return [key];
  }

  dropService(service: ServiceObject): ServiceKey[] {
    this.#bury(service.metadata);
    const key = keyOf(service.metadata);
    if (this.#protection.service(key)?.uid === service.metadata?.uid) {
      this.#protection.deleteService(key);
    }
    return [key];
  }

  setSlice(slice: EndpointSliceObject): ServiceKey[] {
    const key = serviceKeyOfSlice(slice);
    if (!key || this.#isLate(slice.metadata)) {
      return [];
    }
    // Somebody may have made it theirs, by its labels.
    if (isStandbySlice(slice)) {
      this.#slices.take(key, uidOf(slice.metadata));
      this.#standbySlices.put(key, slice.metadata ?? {}, readStandbySlice(slice));
    } else {
      this.#standbySlices.take(key, uidOf(slice.metadata));
      this.#slices.put(key, slice.metadata ?? {}, readSlice(slice));
    }
    return [key];
  }

  dropSlice(slice: EndpointSliceObject): ServiceKey[] {
    this.#bury(slice.metadata);
    const key = serviceKeyOfSlice(slice);
    if (!key) {
      return [];
    }
    this.#slices.take(key, uidOf(slice.metadata));
    this.#standbySlices.take(key, uidOf(slice.metadata));
    return [key];
  }

  /** Pods that only look like ours are passed over; one that somebody made theirs is left to them. */
  setFallback(pod: PodObject): ServiceKey[] {
    if (this.#isLate(pod.metadata)) {
      return [];
    }
    const uid = uidOf(pod.metadata);
    const key = serviceKeyOfFallback(pod);
    const before = this.#fallbackKeys.get(uid);
    const moved = before && before !== key ? this.#disown(before, uid) : [];
    if (!key) {
      return moved;
    }
    this.#fallbackKeys.set(uid, key);
    this.#fallbacks.put(key, pod.metadata ?? {}, readFallbackPod(pod));
    return before === key ? [key] : [key, ...moved, ...this.#othersThatFind(pod, key)];
  }

  dropFallback(pod: PodObject): ServiceKey[] {
    this.#bury(pod.metadata);
    const uid = uidOf(pod.metadata);
    const key = this.#fallbackKeys.get(uid) ?? serviceKeyOfFallback(pod);
    if (!key) {
      return [];
    }
    return this.#disown(key, uid);
  }

  /** The EndpointSlice was deleted by ourselves: the watch may never have heard that it was there. */
  forgetSlice(key: ServiceKey, uid: string): void {
    this.#bury({ uid });
    this.#standbySlices.take(key, uid);
  }

  /** The Pod was deleted by ourselves: it is terminating or gone, whatever the watch says of it. */
  markTerminating(key: ServiceKey, uid: string): void {
    this.#fallbacks.change(key, uid, pod => ({ ...pod, state: "terminating" }));
  }

  /**
   * A CriticalService whose spec can't be read protects nothing; its `problems` say why.
   *
   * @returns the Services that it concerns; undefined if the spec is the one known already, such as
   *   when the operator itself has written the status
   */
  setCriticalService(object: CriticalServiceObject): ServiceKey[] | undefined {
    if (this.#isLate(object.metadata)) {
      return undefined;
    }
    const { name = "", generation } = object.metadata ?? {};
    const uid = uidOf(object.metadata);
    const before = this.#protection.criticalService(name);
    if (before?.uid === uid && generation !== undefined && before.generation === generation) {
      this.#protection.setStatus(name, object.status);
      return undefined;
    }
    return this.#protection.setCriticalService(name, uid, object);
  }

  /** What is known of a CriticalService; undefined if there is none of that name. */
  criticalService(name: string): CriticalServiceRecord | undefined {
    return this.#protection.criticalService(name);
  }

  /** Takes note of a status that was written; the watch will tell of it too. */
  setStatus(name: string, uid: string, status: CriticalServiceStatus): void {
    if (this.#protection.criticalService(name)?.uid === uid) {
      this.#protection.setStatus(name, status);
    }
  }

  dropCriticalService(object: CriticalServiceObject): ServiceKey[] {
    this.#bury(object.metadata);
    const name = object.metadata?.name ?? "";
    if (this.#protection.criticalService(name)?.uid !== uidOf(object.metadata)) {
      return [];
    }
    return this.#protection.deleteCriticalService(name);
  }

  /**
   * To be called when all there is was seen. Before the first time, a Service that no CriticalService
   * names is left as it is: after a restart its fallback Pod may well be wanted.
   *
   * @returns the Services that something of ours is there for, and the first time all others as well
   */
  allIsKnown(): ServiceKey[] {
    const others = this.#criticalServicesKnown ? [] : this.#protection.services();
    this.#criticalServicesKnown = true;
    return [...new Set([...this.#fallbacks.keys(), ...this.#standbySlices.keys(), ...others])];
  }

  get knowsCriticalServices(): boolean {
    return this.#criticalServicesKnown;
  }

  /** All that is known of one Service now. */
  situation(key: ServiceKey): Situation {
    const service = this.#protection.service(key);
    const slices = this.#standbySlices.of(key);
    return {
      service,
      endpoints: countEndpoints(this.#slices.of(key), uid => this.#isFallback(uid)),
      protectedBy: this.#criticalServicesKnown ? this.#protection.protectorsOf(key) : undefined,
      fallbacks: this.#fallbacks.of(key),
      slices,
      unseen: slices
        .flatMap(({ endpoint }) => endpoint?.podUid ?? [])
        .filter(uid => !this.#isFallback(uid)),
    };
  }

  /** Whether the Pod is a fallback, or was: an EndpointSlice may go on listing it for a moment. */
  #isFallback(uid: string): boolean {
    return this.#fallbackKeys.has(uid) || this.#tombstones.has(uid);
  }

  #disown(key: ServiceKey, uid: string): ServiceKey[] {
    this.#fallbacks.take(key, uid);
    this.#fallbackKeys.delete(uid);
    return [key];
  }

  /** Services that count the Pod as one of their own until it is known for a fallback. */
  #othersThatFind({ metadata }: PodObject, own: ServiceKey): ServiceKey[] {
    const uid = uidOf(metadata);
    return this.#slices
      .keysIn(metadata?.namespace ?? "")
      .filter(key => key !== own)
      .filter(key => this.#slices.of(key).some(slice => lists(slice, uid)));
  }

  #isLate(metadata: ObjectMeta | undefined): boolean {
    return this.#tombstones.covers(metadata ?? {});
  }

  #bury(metadata: ObjectMeta | undefined): void {
    this.#tombstones.add(metadata ?? {});
  }
}

function uidOf(metadata: ObjectMeta | undefined): string {
  return metadata?.uid ?? "";
}

function keyOf(metadata: ObjectMeta | undefined): ServiceKey {
  return serviceKey(metadata?.namespace ?? "", metadata?.name ?? "");
}

function serviceKeyOfSlice({ metadata = {} }: EndpointSliceObject): ServiceKey | undefined {
  const service = metadata.labels?.[SERVICE_NAME_LABEL];
  return service ? serviceKey(metadata.namespace ?? "", service) : undefined;
}

function serviceKeyOfFallback(pod: PodObject): ServiceKey | undefined {
  const service = fallbackFor(pod);
  return service ? serviceKey(pod.metadata?.namespace ?? "", service) : undefined;
}
