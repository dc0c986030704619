import type { ObjectMeta } from "../../../capabilities/domain/kubernetes";

/** What the API server keeps. */
export type Kind =
  | "Service"
  | "EndpointSlice"
  | "Pod"
  | "CriticalService"
  | "PodTemplate"
  | "ConfigMap";

/** An object as the API server hands it out; it is never changed, only replaced. */
export interface Stored {
  readonly metadata: Stamped;
  readonly [field: string]: unknown;
}

type Stamped = ObjectMeta & { readonly name: string; uid: string; resourceVersion: string };

/** An object to create. */
export interface Manifest {
  readonly metadata: ObjectMeta & { name: string };
  readonly [field: string]: unknown;
}

/** `namespace/name`; the namespace is empty for what has none. */
export function nameOf({ metadata }: { metadata: ObjectMeta }): string {
  return `${metadata.namespace ?? ""}/${metadata.name ?? ""}`;
}

/** The reverse of {@link nameOf}. */
export function split(path: string): { namespace: string; name: string } {
  const [namespace = "", name = ""] = path.split("/");
  return { namespace, name };
}
