import type { kind } from "kubernetes-fluent-client";
import { FALLBACK_LABEL } from "../domain/fallback-pod";
import type { EndpointSliceObject, ObjectMeta, ServiceObject } from "../domain/kubernetes";
import { ApiError, callApi } from "./api";
import { CRITICAL_SERVICES, type CriticalService } from "./critical-services";
import { ENDPOINT_SLICES, pathOf, POD_TEMPLATES, PODS, type Resource } from "./paths";
import { streamApi } from "./stream";

/** Objects of a page: what is in flight at once stays small in a big cluster, too. */
const PAGE_SIZE = 500;
/** A watch lasts for as long as client-go's: from this many seconds to twice as many. */
const WATCH_SECONDS = 300;

/** All objects of a kind, or a page of them, as they were at one resourceVersion. */
export interface List<T> {
  items: T[];
  metadata: { resourceVersion?: string; continue?: string };
}

/** Something that happened to an object, or the news that nothing did until this resourceVersion. */
export type WatchEvent<T> =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly object: T }
  | { readonly type: "BOOKMARK"; readonly object: { readonly metadata: ObjectMeta } };

type Told<T> =
  | WatchEvent<T>
  | { readonly type: "ERROR"; readonly object: { code?: number; message?: string } };

/** The objects of one kind. */
export class Collection<T extends { metadata?: ObjectMeta }> {
  /** @param plural what people call them, for the messages of errors */
  constructor(
    readonly plural: string,
    private readonly resource: Resource,
    private readonly selector: Readonly<Record<string, string>> = {},
  ) {}

  /** Lists those of a namespace, or all. @throws {ApiError} if the resource is not served, say */
  async list(namespace?: string): Promise<List<T>> {
    const all: List<T> = { items: [], metadata: {} };
    for await (const { items, metadata } of this.pages(namespace)) {
      all.items.push(...items);
      all.metadata = metadata;
    }
    return all;
  }

  /**
   * Lists page by page.
   *
   * @throws {ApiError}
   * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
   */
  async *pages(namespace?: string): AsyncGenerator<List<T>, void> {
    const query: Record<string, string> = { ...this.selector, limit: String(PAGE_SIZE) };
    do {
      const path = pathOf(this.resource, { namespace }, query);
      const page = await callApi<List<T>>(`listing the ${this.plural}`, { method: "GET", path });
      yield page;
      query.continue = page.metadata.continue ?? "";
    } while (query.continue !== "");
  }

  /**
   * Tells what happens to them, until the API server ends it, as it does after some minutes.
   *
   * @param resourceVersion of a list, or of the last event of an earlier watch
   * @param tell told of each event
   * @param signal ends it
   * @throws {ApiError} with status 410 if that is too long ago: list again
   * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
   */
  async watch(
    resourceVersion: string,
    tell: (event: WatchEvent<T>) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const what = `watching the ${this.plural}`;
    const timeoutSeconds = String(Math.round(WATCH_SECONDS * (1 + Math.random())));
    const query = { watch: "true", allowWatchBookmarks: "true", timeoutSeconds, resourceVersion };
    const path = pathOf(this.resource, {}, { ...this.selector, ...query });
    const request = { method: "GET", path } as const;
    const tellUnlessError = (object: unknown): void => {
      const event = object as Told<T>;
      if (event.type === "ERROR") {
        throw new ApiError(`${what}: ${event.object.message ?? "failed"}`, event.object.code);
      }
      tell(event);
    };
    await streamApi(what, request, tellUnlessError, signal);
  }
}

export const services = new Collection<ServiceObject>("Services", {
  groupVersion: "v1",
  plural: "services",
});

export const endpointSlices = new Collection<EndpointSliceObject>(
  "EndpointSlices",
  ENDPOINT_SLICES,
);

export const podTemplates = new Collection<kind.PodTemplate>("PodTemplates", POD_TEMPLATES);

export const fallbackPods = new Collection<kind.Pod>("fallback Pods", PODS, {
  labelSelector: FALLBACK_LABEL,
});

export const criticalServices = new Collection<CriticalService>(
  "CriticalServices",
  CRITICAL_SERVICES,
);
