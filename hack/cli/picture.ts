import { unlessNotFound } from "../../capabilities/cluster/api";
import {
  criticalServices,
  endpointSlices,
  fallbackPods,
  services,
} from "../../capabilities/cluster/collections";
import type { CriticalServiceObject } from "../../capabilities/domain/critical-service";
import type {
  EndpointSliceObject,
  PodObject,
  ServiceObject,
} from "../../capabilities/domain/kubernetes";
import { View } from "../../capabilities/domain/view";

/** What is in the cluster, or in one namespace of it. */
export interface Picture {
  readonly services: readonly ServiceObject[];
  readonly slices: readonly EndpointSliceObject[];
  readonly fallbackPods: readonly PodObject[];
  /** Undefined: the API server does not serve the resource. */
  readonly criticalServices: readonly CriticalServiceObject[] | undefined;
}

/**
 * Lists all that the operator watches.
 *
 * @param namespace undefined: all of them
 * @throws {ApiError}
 */
export async function takePicture(namespace?: string): Promise<Picture> {
  const [ofServices, ofSlices, ofPods, critical] = await Promise.all([
    services.list(namespace),
    endpointSlices.list(namespace),
    fallbackPods.list(namespace),
    criticalServicesIfServed(),
  ]);
  return {
    services: ofServices.items,
    slices: ofSlices.items,
    fallbackPods: ofPods.items,
    criticalServices: critical,
  };
}

/** All CriticalServices; undefined if the API server does not serve the resource. @throws {ApiError} */
export async function criticalServicesIfServed(): Promise<CriticalServiceObject[] | undefined> {
  return (await unlessNotFound(() => criticalServices.list()))?.items;
}

/** The operator's own view of what is there. */
export function viewOf(picture: Picture): View {
  const view = new View();
  // First, so that no fallback is taken for a Pod of the Service's own.
  picture.fallbackPods.forEach(pod => view.setFallback(pod));
  picture.services.forEach(service => view.setService(service));
  picture.slices.forEach(slice => view.setSlice(slice));
  picture.criticalServices?.forEach(criticalService => view.setCriticalService(criticalService));
  view.allIsKnown();
  return view;
}
