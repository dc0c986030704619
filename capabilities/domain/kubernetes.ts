import type { ServicePort } from "./page/ports";

/**
 * The few fields of Kubernetes' objects that decisions are made of.
 *
 * The client's own classes fit these shapes, so the domain needs no import of a client.
 */
export interface ObjectMeta {
  name?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  deletionTimestamp?: Date | string;
  ownerReferences?: OwnerReference[];
}

/** The metadata that tell which state of which object it is. */
export const IDENTITY = ["name", "namespace", "uid", "resourceVersion"] as const;

/** An object with only these of its fields, as far as it has them. */
export function pick<T extends object, Field extends keyof T>(
  object: T,
  ...fields: readonly Field[]
): Pick<T, Field> {
  const picked: Partial<T> = {};
  for (const field of fields) {
    if (field in object) {
      picked[field] = object[field];
    }
  }
  return picked as Pick<T, Field>;
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
}

export interface ServiceObject {
  metadata?: ObjectMeta;
  spec?: {
    type?: string;
    selector?: Record<string, string>;
    ports?: ServicePort[];
    ipFamilies?: string[];
  };
}

export interface EndpointSliceObject {
  metadata?: ObjectMeta;
  addressType?: string;
  endpoints?: {
    addresses: string[];
    conditions?: { ready?: boolean; serving?: boolean; terminating?: boolean };
    targetRef?: { kind?: string; namespace?: string; name?: string; uid?: string };
    nodeName?: string;
    zone?: string;
  }[];
  ports?: { name?: string; port?: number; protocol?: string }[];
}

/** A port that a container declares. */
export interface ContainerPort {
  name?: string;
  containerPort: number;
  protocol?: string;
}

export interface PodObject {
  metadata?: ObjectMeta;
  spec?: { nodeName?: string; containers?: { ports?: ContainerPort[] }[] };
  status?: {
    phase?: string;
    conditions?: { type: string; status: string }[];
    podIPs?: { ip?: string }[];
  };
}

/** The controller that an object belongs to. */
export function controllerOf({ metadata }: { metadata?: ObjectMeta }): OwnerReference | undefined {
  return metadata?.ownerReferences?.find(({ controller }) => controller);
}

/** Whether the object's controller is the core Service of that name; other APIs have Services as well. */
export function isControlledBy(object: { metadata?: ObjectMeta }, service: string): boolean {
  const owner = controllerOf(object);
  return owner?.apiVersion === "v1" && owner.kind === "Service" && owner.name === service;
}

/** A Pod's content as a PodTemplate holds it; what `spec` says is for the API server to judge. */
export interface PodTemplateSpec<Spec = unknown> {
  metadata?: ObjectMeta;
  spec?: Spec;
}

/** `namespace/name`: what the engine calls a Service by. */
export type ServiceKey = string;

/** The key of the Service `name` in `namespace`. */
export function serviceKey(namespace: string, name: string): ServiceKey {
  return `${namespace}/${name}`;
}

/** The namespace and the name in a key that {@link serviceKey} made. */
export function splitServiceKey(key: ServiceKey): { namespace: string; name: string } {
  const slash = key.indexOf("/");
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
