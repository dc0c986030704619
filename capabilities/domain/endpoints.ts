import type { EndpointSliceObject } from "./kubernetes";

/** Ties an EndpointSlice to its Service. */
export const SERVICE_NAME_LABEL = "kubernetes.io/service-name";

/** What is kept of an EndpointSlice: who is behind it, by the Pod's UID. */
export interface SliceRecord {
  readonly ready: readonly string[];
  readonly notReady: readonly string[];
}

/** How many Pods a Service has, our own fallback not counted. */
export interface EndpointCount {
  /** False until an EndpointSlice was seen: every Service with a selector gets one, if an empty one. */
  readonly known: boolean;
  readonly ready: number;
  readonly selected: number;
  /** UIDs of our own fallback Pods that Kubernetes lists as ready endpoints. */
  readonly fallbacks: readonly string[];
}

/** Reduces an EndpointSlice to what decisions are made of. */
export function readSlice(slice: EndpointSliceObject): SliceRecord {
  const ready: string[] = [];
  const notReady: string[] = [];
  for (const { conditions, targetRef, addresses } of slice.endpoints ?? []) {
    // An endpoint without a Pod counts too: kube-proxy sends clients there just the same.
    const uid = targetRef?.uid ?? addresses[0] ?? "";
    // "A nil value should be interpreted as true", says the API of `conditions.ready`.
    (conditions?.ready === false ? notReady : ready).push(uid);
  }
  return { ready, notReady };
}

/** Whether the EndpointSlice lists the Pod, Ready or not. */
export function lists({ ready, notReady }: SliceRecord, uid: string): boolean {
  return ready.includes(uid) || notReady.includes(uid);
}

/** Counts the Pods behind all slices of one Service; a dual-stack Pod stands in two and counts once. */
export function countEndpoints(
  slices: readonly SliceRecord[],
  isOurs: (uid: string) => boolean,
): EndpointCount {
  const ready = new Set<string>();
  const selected = new Set<string>();
  for (const slice of slices) {
    slice.ready.forEach(uid => ready.add(uid));
    [...slice.ready, ...slice.notReady].forEach(uid => selected.add(uid));
  }
  const theirs = (uids: Set<string>) => [...uids].filter(uid => !isOurs(uid)).length;
  return {
    known: slices.length > 0,
    ready: theirs(ready),
    selected: theirs(selected),
    fallbacks: [...ready].filter(isOurs),
  };
}
