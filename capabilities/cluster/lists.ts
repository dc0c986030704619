import type { kind } from "kubernetes-fluent-client";
import { FALLBACK_LABEL } from "../domain/fallback-pod";
import { callApi } from "./api";
import { CRITICAL_SERVICES, type CriticalService } from "./critical-services";
import { ENDPOINT_SLICES, pathOf, PODS, type Resource } from "./paths";

/** Objects of a page: what is in flight at once stays small in a big cluster, too. */
const PAGE_SIZE = 500;

/** All objects of a kind, as they were at one resourceVersion. */
export interface List<T> {
  items: T[];
  metadata: { resourceVersion?: string; continue?: string };
}

/** Lists the Services of a namespace, or of all. @throws {ApiError} */
export function listServices(namespace?: string): Promise<List<kind.Service>> {
  return list("Services", { groupVersion: "v1", plural: "services" }, namespace);
}

/** Lists the EndpointSlices of a namespace, or of all. @throws {ApiError} */
export function listEndpointSlices(namespace?: string): Promise<List<kind.EndpointSlice>> {
  return list("EndpointSlices", ENDPOINT_SLICES, namespace);
}

/** Lists the fallback Pods of a namespace, or of all. @throws {ApiError} */
export function listFallbackPods(namespace?: string): Promise<List<kind.Pod>> {
  return list("fallback Pods", PODS, namespace, { labelSelector: FALLBACK_LABEL });
}

/** Lists the CriticalServices. @throws {ApiError} if the resource is not served, say */
export function listCriticalServices(): Promise<List<CriticalService>> {
  return list("CriticalServices", CRITICAL_SERVICES);
}

/** @see https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks */
async function list<T>(
  what: string,
  resource: Resource,
  namespace?: string,
  selector: Record<string, string> = {},
): Promise<List<T>> {
  const items: T[] = [];
  const query: Record<string, string> = { ...selector, limit: String(PAGE_SIZE) };
  for (;;) {
    const path = pathOf(resource, { namespace }, query);
    const page = await callApi<List<T>>(`listing the ${what}`, { method: "GET", path });
    items.push(...page.items);
    if (!page.metadata.continue) {
      return { items, metadata: page.metadata };
    }
    query.continue = page.metadata.continue;
  }
}
