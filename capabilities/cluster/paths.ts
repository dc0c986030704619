/** A resource, as its objects are addressed. */
export interface Resource {
  /** `v1` for the core group. */
  readonly groupVersion: string;
  readonly plural: string;
}

/** An object, or all of a resource. */
export interface Place {
  readonly namespace?: string | undefined;
  readonly name?: string;
  readonly subresource?: "status";
}

export const PODS: Resource = { groupVersion: "v1", plural: "pods" };
export const POD_TEMPLATES: Resource = { groupVersion: "v1", plural: "podtemplates" };
export const EVENTS: Resource = { groupVersion: "v1", plural: "events" };
export const ENDPOINT_SLICES: Resource = {
  groupVersion: "discovery.k8s.io/v1",
  plural: "endpointslices",
};

/**
 * The path of an object, or of a list of them.
 *
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris
 */
export function pathOf(
  { groupVersion, plural }: Resource,
  { namespace, name, subresource }: Place = {},
  query: Readonly<Record<string, string>> = {},
): string {
  const root = groupVersion.includes("/") ? "apis" : "api";
  const within = namespace === undefined ? [] : ["namespaces", namespace];
  const steps = [root, ...groupVersion.split("/"), ...within, plural, name, subresource];
  const path = steps.filter(step => step !== undefined).map(encodeURIComponent);
  const search = new URLSearchParams(query).toString();
  return `/${path.join("/")}${search && `?${search}`}`;
}

/** Server-side apply, which takes over fields that somebody else has set. */
export const APPLY = {
  contentType: "application/apply-patch+yaml",
  query: { fieldManager: "critical-service-operator", force: "true" },
} as const;
