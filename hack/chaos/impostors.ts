import { SERVICE_NAME_LABEL } from "../../capabilities/domain/endpoints";
import { FALLBACK_LABEL, OWNED_ANNOTATION } from "../../capabilities/domain/fallback-pod";
import { MANAGED_BY } from "../../capabilities/domain/standby-slice";
import type { ImpostorMark, Place } from "./plan";

/** What the Pods of the campaign run. */
export const CONTAINERS = [{ name: "app", image: "example.com/app:1" }];

interface Metadata {
  readonly name: string;
  readonly labels: { readonly app: string };
}

/** An object to create in the collection at `path`. */
interface Impostor {
  readonly path: string;
  readonly object: { readonly metadata: Metadata; readonly [field: string]: unknown };
}

/** An object of somebody else that looks like one of the operator's for the Service. */
export function impostor({
  namespace,
  service,
  mark,
}: Place & { readonly mark: ImpostorMark }): Impostor {
  const metadata = { name: `impostor-${service}-${mark}`, ...marked(service, mark) };
  return mark.startsWith("slice")
    ? { path: slices(namespace), object: { metadata, ...EMPTY_SLICE } }
    : { path: pods(namespace), object: { metadata, spec: { containers: CONTAINERS } } };
}

const EMPTY_SLICE = { addressType: "IPv4", endpoints: [], ports: [] };

/** Metadata that the operator's own objects have as well. */
function marked(service: string, mark: ImpostorMark) {
  const labels = { app: "impostor" };
  switch (mark) {
    case "name":
      return { labels, name: fallbackName(service) };
    case "label":
      return { labels: { ...labels, [FALLBACK_LABEL]: service } };
    case "annotation":
      return { labels, annotations: { [OWNED_ANNOTATION.key]: OWNED_ANNOTATION.value } };
    case "slice name":
      return { labels, name: standbyName(service) };
    case "slice label":
      return {
        labels: {
          ...labels,
          [MANAGED_BY.label]: MANAGED_BY.value,
          [FALLBACK_LABEL]: service,
          [SERVICE_NAME_LABEL]: service,
        },
        name: `impostor-${service}-slice`,
      };
  }
}

/** The name of a fallback Pod, unless the Service has several. */
export function fallbackName(service: string): string {
  return `service-watcher-${service}`;
}

/** The name of the EndpointSlice of a warm standby. */
export function standbyName(service: string): string {
  return `${fallbackName(service)}-ipv4`;
}

export function pods(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/pods`;
}

export function slices(namespace: string): string {
  return `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
}
