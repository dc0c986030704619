import {
  protects,
  readCriticalServiceSpec,
  type CriticalServiceObject,
  type CriticalServiceSpec,
} from "../../capabilities/domain/critical-service";
import { SERVICE_NAME_LABEL } from "../../capabilities/domain/endpoints";
import { fallbackFor } from "../../capabilities/domain/fallback-pod";
import {
  serviceKey,
  type EndpointSliceObject,
  type ObjectMeta,
  type PodObject,
  type ServiceKey,
  type ServiceObject,
} from "../../capabilities/domain/kubernetes";

/** The objects of the API at one moment. */
export interface Snapshot {
  readonly services: readonly ServiceObject[];
  readonly slices: readonly EndpointSliceObject[];
  readonly pods: readonly PodObject[];
  readonly criticalServices: readonly CriticalServiceObject[];
}

/** What is not as it has to be. */
export interface Breach {
  /** The object that it is about, as `namespace/name`. */
  readonly subject: string;
  readonly what: string;
}

/** The key of a namespaced object. */
export function keyOf({ metadata }: { metadata?: ObjectMeta }): string {
  return serviceKey(metadata?.namespace ?? "", metadata?.name ?? "");
}

/** Whether the operator looks after a Service: it has a selector, and is here to stay. */
export function isLookedAfter({ metadata, spec }: ServiceObject): boolean {
  const selects = Object.keys(spec?.selector ?? {}).length > 0;
  return selects && spec?.type !== "ExternalName" && !metadata?.deletionTimestamp;
}

/** Whether a CriticalService that can be read names the Service. */
export function isCritical(
  service: ServiceObject,
  criticalServices: Iterable<CriticalServiceObject>,
): boolean {
  return protectorsOf(service, criticalServices).length > 0;
}

/** Whether one of the CriticalServices that name the Service asks for a warm standby. */
export function isWarm(
  service: ServiceObject,
  criticalServices: Iterable<CriticalServiceObject>,
): boolean {
  return protectorsOf(service, criticalServices).some(({ standby }) => standby === "Warm");
}

/** The specs of the CriticalServices that name the Service. */
export function protectorsOf(
  service: ServiceObject,
  criticalServices: Iterable<CriticalServiceObject>,
): CriticalServiceSpec[] {
  const labels = service.metadata?.labels ?? {};
  return [...criticalServices].flatMap(({ spec: raw }) => {
    const { spec } = readCriticalServiceSpec(raw);
    return spec !== undefined && protects(spec, keyOf(service), labels) ? [spec] : [];
  });
}

/** The Service that the Pod is a fallback for; undefined if it is not the operator's. */
export function serviceOfFallback(pod: PodObject): ServiceKey | undefined {
  const service = fallbackFor(pod);
  return service && serviceKey(pod.metadata?.namespace ?? "", service);
}

/** The Service that the EndpointSlice belongs to. */
export function serviceOfSlice({ metadata = {} }: EndpointSliceObject): ServiceKey | undefined {
  const service = metadata.labels?.[SERVICE_NAME_LABEL];
  return service && serviceKey(metadata.namespace ?? "", service);
}

/** UIDs of the Pods that kube-proxy sends the Service's clients to. */
export function readyEndpoints(slices: Iterable<EndpointSliceObject>): string[] {
  return [...slices]
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false)
    .map(({ targetRef, addresses }) => targetRef?.uid ?? addresses[0] ?? "");
}

/** Whether the Service's selector finds the Pod. */
export function isSelected({ metadata }: PodObject, { spec }: ServiceObject): boolean {
  const selector = Object.entries(spec?.selector ?? {});
  return selector.length > 0 && selector.every(([key, value]) => metadata?.labels?.[key] === value);
}

/** Whether the Pod can run: it is not being deleted and has not ended. */
export function isLive({ metadata, status }: PodObject): boolean {
  return !metadata?.deletionTimestamp && !["Failed", "Succeeded"].includes(status?.phase ?? "");
}

/** The UID of the object that controls this one. */
export function controllerUid({ metadata }: PodObject): string | undefined {
  return metadata?.ownerReferences?.find(({ controller }) => controller)?.uid;
}
