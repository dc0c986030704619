import { isIPv6 } from "node:net";
import { isDeepStrictEqual } from "node:util";
import { SERVICE_NAME_LABEL } from "./endpoints";
import { FALLBACK_LABEL, type FallbackPod } from "./fallback-pod";
import {
  controllerOf,
  IDENTITY,
  isControlledBy,
  pick,
  type EndpointSliceObject,
  type OwnerReference,
} from "./kubernetes";
import { portsOfStandby } from "./standby-ports";
import type { ServiceRecord } from "./service";

/** Who looks after an EndpointSlice; Kubernetes' own controller leaves those of others alone. */
export const MANAGED_BY = {
  label: "endpointslice.kubernetes.io/managed-by",
  value: "critical-service-operator.mycrd.com",
} as const;

/** The standby Pod's endpoint, as an EndpointSlice of ours lists it. */
interface StandbyEndpoint {
  readonly address: string;
  readonly ready: boolean;
  readonly podName: string;
  readonly podUid: string;
  readonly nodeName: string | undefined;
  readonly zone: string | undefined;
}

type Endpoint = NonNullable<EndpointSliceObject["endpoints"]>[number];

/** What an EndpointSlice of ours says. */
export interface SliceContent {
  readonly addressType: string;
  readonly endpoint: StandbyEndpoint | undefined;
  readonly ports: readonly {
    readonly name: string;
    readonly port: number;
    readonly protocol: string;
  }[];
}

/** What is kept of an EndpointSlice of ours. */
export interface StandbySlice extends SliceContent {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly serviceUid: string | undefined;
}

/** An EndpointSlice of ours as it is to be; `present` is the one that is there. */
export interface SliceChange {
  readonly content: SliceContent;
  readonly present: StandbySlice | undefined;
}

/** An EndpointSlice to write. */
export interface SliceManifest {
  apiVersion: "discovery.k8s.io/v1";
  kind: "EndpointSlice";
  metadata: {
    namespace: string;
    name: string;
    labels: Record<string, string>;
    ownerReferences: OwnerReference[];
  };
  addressType: string;
  endpoints: Endpoint[];
  ports: { name: string; port: number; protocol: string }[];
}

/** Whether the EndpointSlice is one of ours. */
export function isStandbySlice(slice: EndpointSliceObject): boolean {
  const { labels = {} } = slice.metadata ?? {};
  const { [MANAGED_BY.label]: manager, [SERVICE_NAME_LABEL]: service = "" } = labels;
  return manager === MANAGED_BY.value && isControlledBy(slice, service);
}

/** Reduces an EndpointSlice of ours to what decisions are made of. */
export function readStandbySlice(slice: EndpointSliceObject): StandbySlice {
  const { namespace = "", name = "", uid = "" } = slice.metadata ?? {};
  const { addressType = "", endpoints, ports } = slice;
  const [endpoint] = endpoints ?? [];
  return {
    ...{ namespace, name, uid, addressType },
    serviceUid: controllerOf(slice)?.uid,
    endpoint: endpoint && readEndpoint(endpoint),
    ports: (ports ?? []).map(({ name = "", port = 0, protocol = "TCP" }) => ({
      ...{ name, port, protocol },
    })),
  };
}

/**
 * The EndpointSlice without what nobody looks at: of somebody else's, all but whom it lists, as
 * {@link readSlice} does.
 */
export function trimSlice(slice: EndpointSliceObject): EndpointSliceObject {
  if (isStandbySlice(slice)) {
    return slice;
  }
  const { metadata = {}, endpoints } = slice;
  return {
    metadata: pick(metadata, ...IDENTITY, "labels"),
    endpoints: (endpoints ?? []).map(trimEndpoint),
  };
}

function trimEndpoint({ addresses, conditions = {}, targetRef }: Endpoint): Endpoint {
  const uid = targetRef?.uid;
  return uid === undefined
    ? { addresses: addresses.slice(0, 1), conditions }
    : { addresses: [], conditions, targetRef: { uid } };
}

function readEndpoint({ addresses, conditions, targetRef, nodeName, zone }: Endpoint) {
  const { name: podName = "", uid: podUid = "" } = targetRef ?? {};
  // "A nil value should be interpreted as true", says the API of `conditions.ready`.
  const ready = conditions?.ready !== false;
  return { address: addresses[0] ?? "", ready, podName, podUid, nodeName, zone };
}

/**
 * What is to change for the Service's standby endpoint to be as told; empty if it is so already.
 *
 * @param pod the Pod to list; undefined: none
 * @param ready whether it is to answer now, rather than only when nobody else does
 * @param unseen UIDs of Pods that may be there: they stay listed until there is another
 */
export function sliceChanges(
  service: ServiceRecord,
  slices: readonly StandbySlice[],
  pod: FallbackPod | undefined,
  ready: boolean,
  unseen: readonly string[] = [],
): SliceChange[] {
  return service.ipFamilies.flatMap(addressType => {
    const present = slices.find(slice => slice.addressType === addressType);
    const listed = present?.endpoint;
    const content =
      !pod && listed && unseen.includes(listed.podUid)
        ? { addressType, endpoint: { ...listed, ready }, ports: present.ports }
        : {
            addressType,
            endpoint: pod && endpointOf(pod, addressType, ready),
            ports: pod ? portsOfStandby(service, pod) : [],
          };
    const isDue = present ? !says(present, content) : content.endpoint !== undefined;
    return isDue ? [{ content, present }] : [];
  });
}

function endpointOf(
  { name, uid, ips, nodeName, zone }: FallbackPod,
  addressType: string,
  ready: boolean,
): StandbyEndpoint | undefined {
  const address = ips.find(ip => isIPv6(ip) === (addressType === "IPv6"));
  return address === undefined
    ? undefined
    : { address, ready, podName: name, podUid: uid, nodeName, zone };
}

function says(slice: SliceContent, { endpoint, ports }: SliceContent): boolean {
  return isDeepStrictEqual([slice.endpoint, slice.ports], [endpoint, ports]);
}

/** Whether the slices say all of this. */
export function saysAll(
  slices: readonly StandbySlice[],
  contents: readonly SliceContent[] = [],
): boolean {
  return contents.every(content =>
    slices.some(slice => slice.addressType === content.addressType && says(slice, content)),
  );
}

/** Whether one of the slices leads to the Pod. */
export function isListed(pod: FallbackPod | undefined, slices: readonly StandbySlice[]): boolean {
  return pod !== undefined && slices.some(({ endpoint }) => endpoint?.podUid === pod.uid);
}

/** The slices that have no place any more: of a family that the Service lost, or of an earlier Service. */
export function staleSlices(
  service: ServiceRecord,
  slices: readonly StandbySlice[],
): StandbySlice[] {
  return slices.filter(
    ({ addressType, serviceUid }, index) =>
      serviceUid !== service.uid ||
      !service.ipFamilies.includes(addressType) ||
      slices.findIndex(other => other.addressType === addressType) !== index,
  );
}

/**
 * The EndpointSlice that ties the standby Pod to the Service.
 *
 * At rest its endpoint is serving and terminating: kube-proxy and others use such endpoints only
 * while none is ready, so clients get there without anybody's doing when the last real Pod is lost.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions
 * @see https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1669-proxy-terminating-endpoints
 */
export function buildStandbySlice(
  at: { namespace: string; service: string; prefix: string },
  service: ServiceRecord,
  { addressType, endpoint, ports }: SliceContent,
): SliceManifest {
  const { namespace } = at;
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      namespace,
      name: standbySliceName(at.prefix, at.service, addressType),
      labels: {
        [SERVICE_NAME_LABEL]: at.service,
        [MANAGED_BY.label]: MANAGED_BY.value,
        [FALLBACK_LABEL]: at.service,
      },
      ownerReferences: [
        { apiVersion: "v1", kind: "Service", name: at.service, uid: service.uid, controller: true },
      ],
    },
    addressType,
    endpoints: endpoint ? [endpointManifest(namespace, endpoint)] : [],
    ports: [...ports],
  };
}

/** An EndpointSlice of ours is for one address family. */
export function standbySliceName(prefix: string, service: string, addressType: string): string {
  return `${prefix}-${service}-${addressType.toLowerCase()}`;
}

function endpointManifest(namespace: string, endpoint: StandbyEndpoint): Endpoint {
  const { address, ready, podName, podUid, nodeName, zone } = endpoint;
  return {
    addresses: [address],
    conditions: { ready, serving: true, terminating: !ready },
    targetRef: { kind: "Pod", namespace, name: podName, uid: podUid },
    ...(nodeName !== undefined && { nodeName }),
    ...(zone !== undefined && { zone }),
  };
}
