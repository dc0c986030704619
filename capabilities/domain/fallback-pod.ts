import { PAGE_HASH_ANNOTATION } from "./page/pod";
import type { OwnerReference, PodObject, PodTemplateSpec } from "./kubernetes";
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
}

/** The part of a Pod's spec that is looked at. */
export interface PodSpec {
  terminationGracePeriodSeconds?: number;
  containers: { lifecycle?: { preStop?: object } }[];
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
  const owner = controllerOf(pod);
  return owned && owner?.kind === "Service" && owner.name === service ? service : undefined;
}

function controllerOf(pod: PodObject): OwnerReference | undefined {
  return pod.metadata?.ownerReferences?.find(({ controller }) => controller);
}

/** Reduces a fallback Pod to what decisions are made of. */
export function readFallbackPod(pod: PodObject): FallbackPod {
  const { namespace = "", name = "", uid = "", labels = {} } = pod.metadata ?? {};
  const serviceUid = controllerOf(pod)?.uid;
  const identity = { namespace, name, uid, labels, serviceUid };
  return { ...identity, content: contentOf(pod), ready: isReady(pod), state: stateOf(pod) };
}

function contentOf({ metadata }: PodObject): string | undefined {
  const { annotations } = metadata ?? {};
  return annotations?.[PAGE_HASH_ANNOTATION] ?? annotations?.[POD_TEMPLATE_ANNOTATION];
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
 * are still there, a part of the UID of one of them is added: the same one for every operator.
 */
export function fallbackPodName(
  prefix: string,
  service: string,
  others: readonly FallbackPod[] = [],
): string {
  const [last] = others
    .map(({ uid }) => uid)
    .sort()
    .reverse();
  return last === undefined ? `${prefix}-${service}` : `${prefix}-${service}-${last.slice(0, 5)}`;
}

/**
 * The Pod that stands in for a Service.
 *
 * It carries the selector, so the Service finds it, and is controlled by the Service, so that no
 * ReplicaSet with the same selector adopts it and garbage collection takes it with the Service.
 */
export function buildFallbackPod<Spec extends PodSpec>(
  at: { namespace: string; service: string; podName: string },
  service: ServiceRecord,
  template: PodTemplateSpec<Spec> & { spec: Spec },
): FallbackPodManifest<Spec> {
  const owner = { apiVersion: "v1", kind: "Service", name: at.service, uid: service.uid };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      namespace: at.namespace,
      name: at.podName,
      labels: {
        ...template.metadata?.labels,
        ...service.selector,
        [FALLBACK_LABEL]: at.service,
      },
      annotations: {
        ...template.metadata?.annotations,
        [OWNED_ANNOTATION.key]: OWNED_ANNOTATION.value,
      },
      ownerReferences: [{ ...owner, controller: true }],
    },
    spec: lingering(template.spec),
  };
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

/** Whether the Service's selector finds the Pod. */
export function isSelected(pod: FallbackPod, service: ServiceRecord): boolean {
  return Object.entries(service.selector).every(([key, value]) => pod.labels[key] === value);
}
