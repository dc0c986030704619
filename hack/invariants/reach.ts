import { isReady } from "../../capabilities/domain/fallback-pod";
import type {
  EndpointSliceObject,
  PodObject,
  ServiceObject,
} from "../../capabilities/domain/kubernetes";
import { isStandbySlice } from "../../capabilities/domain/standby-slice";
import { controllerUid, isLive, isSelected } from "./snapshot";

/**
 * How well a Service's clients get to a fallback: 0 not at all, 1 only while no endpoint is ready,
 * as kube-proxy then turns to those that are serving and terminating, 2 as to any Pod.
 *
 * @see https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1669-proxy-terminating-endpoints
 */
export type Reach = 0 | 1 | 2;

/** Whether the Pod can answer the Service's clients, if they get there. */
export function canServe(pod: PodObject, service: ServiceObject): boolean {
  return isLive(pod) && isReady(pod) && controllerUid(pod) === service.metadata?.uid;
}

/**
 * How well the Service's clients get to its best fallback.
 *
 * @param pods fallback Pods of the Service
 * @param slices EndpointSlices of the Service, whoever's
 */
export function bestReach(
  service: ServiceObject,
  pods: readonly PodObject[],
  slices: readonly EndpointSliceObject[],
): Reach {
  const reaches = pods
    .filter(pod => canServe(pod, service))
    .flatMap(pod => {
      // Kubernetes takes a Pod that the selector finds no more out of its EndpointSlices in a moment.
      const leading = slices.filter(slice => isStandbySlice(slice) || isSelected(pod, service));
      return leading.map(slice => reachThrough(slice, pod.metadata?.uid));
    });
  return Math.max(0, ...reaches) as Reach;
}

function reachThrough({ endpoints }: EndpointSliceObject, uid: string | undefined): Reach {
  const reaches = (endpoints ?? [])
    .filter(({ targetRef }) => targetRef?.uid === uid)
    .map(({ conditions: { ready, serving, terminating } = {} }) =>
      // "A nil value should be interpreted as true", says the API of `ready` and `serving`.
      ready !== false ? 2 : serving !== false && terminating ? 1 : 0,
    );
  return Math.max(0, ...reaches) as Reach;
}
