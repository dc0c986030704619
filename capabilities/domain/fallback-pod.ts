import { PAGE_HASH_ANNOTATION } from "./page/pod";
import {
  controllerOf,
  isControlledBy,
  type ContainerPort,
  type OwnerReference,
  type PodObject,
  type PodTemplateSpec,
} from "./kubernetes";
import type { Standby } from "./critical-service";
import type { ServiceRecord } from "./service";

/** On each fallback Pod, with the Service's name as value; the API server filters the watch by it. */
export const FALLBACK_LABEL = "mycrd.com/fallback-for";
/** The mark of the operator's own Pods that the original's users know. */
export const OWNED_ANNOTATION = { key: "service-watcher", value: "owned" } as const;

/** On a fallback Pod whose CriticalService names a PodTemplate: `namespace/name` of that. */
export const POD_TEMPLATE_ANNOTATION = "mycrd.com/pod-template";

/** What is kept of a fallback Pod. */
export interface FallbackPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The UID of the Service that it was started for. */
  readonly serviceUid: string | undefined;
  /** What it was made of, a page's hash or a PodTemplate's name; undefined for the default one. */
  readonly content: string | undefined;
  readonly ready: boolean;
  /** `dead`: it has ended (Failed or Succeeded) and will not run again. */
  readonly state: "live" | "terminating" | "dead";
  readonly ips: readonly string[];
  readonly ports: readonly ContainerPort[];
  readonly nodeName: string | undefined;
  readonly zone: string | undefined;
}

/** The API server copies it from the Node to the Pod since Kubernetes 1.35. */
const ZONE_LABEL = "topology.kubernetes.io/zone";

/** The part of a Pod's spec that is looked at. */
export interface PodSpec {
  terminationGracePeriodSeconds?: number;
  containers: { lifecycle?: { preStop?: object }; ports?: ContainerPort[] }[];
}

/** A Pod to create, its spec as the template has it. */
export interface FallbackPodManifest<Spec> {
  apiVersion: "v1";
  kind: "Pod";
  metadata: {
    namespace: string;
    name: string;
    labels: Record<string, string>;
    annotations: Record<string, string>;
    ownerReferences: OwnerReference[];
  };
  spec: Spec;
}

/** The name of the Service that `pod` is a fallback for, if it is one of ours. */
export function fallbackFor(pod: PodObject): string | undefined {
  const { labels, annotations } = pod.metadata ?? {};
  const service = labels?.[FALLBACK_LABEL];
  const owned = annotations?.[OWNED_ANNOTATION.key] === OWNED_ANNOTATION.value;
  const isOurs = owned && service !== undefined && isControlledBy(pod, service);
  return isOurs ? service : undefined;
}

/** Reduces a fallback Pod to what decisions are made of. */
export function readFallbackPod(pod: PodObject): FallbackPod {
  const { namespace = "", name = "", uid = "", labels = {} } = pod.metadata ?? {};
  const { nodeName, containers = [] } = pod.spec ?? {};
  return {
    ...{ namespace, name, uid, labels, nodeName },
    serviceUid: controllerOf(pod)?.uid,
    content: contentOf(pod),
    ready: isReady(pod),
    state: stateOf(pod),
    ips: ipsOf(pod),
    ports: containers.flatMap(({ ports }) => ports ?? []),
    zone: labels[ZONE_LABEL],
  };
}

function ipsOf({ status }: PodObject): string[] {
  return (status?.podIPs ?? []).flatMap(({ ip }) => ip ?? []);
}

function contentOf({ metadata }: PodObject): string | undefined {
  const { annotations } = metadata ?? {};
  // A PodTemplate may have brought an annotation of a page; a page has none of a PodTemplate.
  return annotations?.[POD_TEMPLATE_ANNOTATION] ?? annotations?.[PAGE_HASH_ANNOTATION];
}

/** Whether the Pod's condition Ready is true. */
export function isReady({ status }: PodObject): boolean {
  return (status?.conditions ?? []).some(
    ({ type, status }) => type === "Ready" && status === "True",
  );
}

function stateOf({ metadata, status }: PodObject): FallbackPod["state"] {
  if (metadata?.deletionTimestamp) {
    return "terminating";
  }
  return status?.phase === "Failed" || status?.phase === "Succeeded" ? "dead" : "live";
}

/**
 * `<prefix>-<service>`, as the original calls its Pods. While others of the Service's fallback Pods
 * are still there, a part of the UID of one of them is added, such that none of them has the name:
 * the same one for every operator.
 */
export function fallbackPodName(
  prefix: string,
  service: string,
  others: readonly FallbackPod[] = [],
): string {
  const base = `${prefix}-${service}`;
  const taken = new Set(others.map(({ name }) => name));
  const uids = others.map(({ uid }) => uid).sort();
  // One more than there are others, so one is free.
  const names = [base, ...uids.map(uid => `${base}-${uid.slice(0, 5)}`)];
  return names.reverse().find(name => !taken.has(name)) ?? base;
}

/** How a fallback Pod is to be made, beside what its template says. */
export interface FallbackPlace {
  readonly namespace: string;
  readonly service: string;
  readonly podName: string;
  readonly standby: Standby;
  /** Name of a PriorityClass, for a template that names none. */
  readonly priorityClass?: string | undefined;
}

/**
 * The Pod that stands in for a Service.
 *
 * Cold, it carries the selector, so the Service finds it; Warm, it does not, as an EndpointSlice leads
 * there. It is controlled by the Service, so that no ReplicaSet with the same selector adopts it and
 * garbage collection takes it with the Service.
 */
export function buildFallbackPod<Spec extends PodSpec>(
  at: FallbackPlace,
  service: ServiceRecord,
  template: PodTemplateSpec<Spec> & { spec: Spec },
): FallbackPodManifest<Spec> {
  const owner = { apiVersion: "v1", kind: "Service", name: at.service, uid: service.uid };
  const { priorityClass: priorityClassName } = at;
  const spec = lingering({ ...(priorityClassName && { priorityClassName }), ...template.spec });
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      namespace: at.namespace,
      name: at.podName,
      labels: {
        ...labelsOf(at, service, template.metadata?.labels ?? {}),
        [FALLBACK_LABEL]: at.service,
      },
      annotations: {
        ...template.metadata?.annotations,
        [OWNED_ANNOTATION.key]: OWNED_ANNOTATION.value,
      },
      ownerReferences: [{ ...owner, controller: true }],
    },
    spec: at.standby === "Warm" ? placedApart(spec, service) : spec,
  };
}

function labelsOf(
  { standby }: FallbackPlace,
  { selector }: ServiceRecord,
  own: Record<string, string>,
): Record<string, string> {
  return standby === "Cold"
    ? { ...own, ...selector }
    : Object.fromEntries(Object.entries(own).filter(([key]) => !Object.hasOwn(selector, key)));
}

/**
 * Seconds that a fallback Pod goes on serving after its deletion. It is deleted when a real Pod is
 * Ready, and kube-proxy on every Node has to learn of that before nobody is sent to it any more.
 */
const LINGER_SECONDS = 5;
/** What Kubernetes gives a Pod that says nothing of `terminationGracePeriodSeconds`. */
const DEFAULT_GRACE_SECONDS = 30;

/** The spec with a pause before each container is stopped, unless the template has a say in it. */
function lingering<Spec extends PodSpec>(spec: Spec): Spec {
  const grace = spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
  // The grace period includes the pause; some of it is left to the program.
  const seconds = Math.min(LINGER_SECONDS, grace - 1);
  if (seconds < 1) {
    return spec;
  }
  const containers = spec.containers.map(container => ({
    ...container,
    lifecycle: { preStop: { sleep: { seconds } }, ...container.lifecycle },
  }));
  return { ...spec, containers };
}

/** How long a standby Pod stays on a Node that is lost: Kubernetes' own default is 300 s. */
const LOST_NODE_SECONDS = 30;

/**
 * The spec with wishes for where the Pod runs, unless the template has a say in it: not on the Nodes
 * of the Pods that it stands by for, so that the loss of one Node does not take both; and soon on
 * another one if its own is lost, but not at the first missed heartbeat.
 */
function placedApart<Spec extends PodSpec>(spec: Spec, { selector }: ServiceRecord): Spec {
  const apart = {
    weight: 100,
    podAffinityTerm: {
      labelSelector: { matchLabels: selector },
      topologyKey: "kubernetes.io/hostname",
    },
  };
  const lost = ["not-ready", "unreachable"].map(condition => ({
    key: `node.kubernetes.io/${condition}`,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds: LOST_NODE_SECONDS,
  }));
  const affinity = {
    podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [apart] },
  };
  return { affinity, tolerations: lost, ...spec };
}

/** Whether the Service's selector finds the Pod. */
export function isSelected(pod: Pick<FallbackPod, "labels">, service: ServiceRecord): boolean {
  return Object.entries(service.selector).every(([key, value]) => pod.labels[key] === value);
}
