import type { Log } from "pepr";
import type { ClusterApi } from "../cluster";
import type { Config } from "../domain/config";
import type { ContentSource } from "../domain/content-source";
import type { Decision } from "../domain/decide";
import {
  buildFallbackPod,
  fallbackFor,
  fallbackPodName,
  FALLBACK_LABEL,
  isSelected,
  type FallbackPod,
} from "../domain/fallback-pod";
import { splitServiceKey, type PodObject, type ServiceKey } from "../domain/kubernetes";
import type { ServiceRecord } from "../domain/service";
import {
  buildStandbySlice,
  isStandbySlice,
  type SliceChange,
  type StandbySlice,
} from "../domain/standby-slice";
import type { View } from "../domain/view";
import type { FallbackContent } from "./fallback-content";
import { Obstacle } from "./obstacle";
import { backoffDelay, type Backoff } from "./work-queue";

/**
 * Between two starts for one Service, if the Pod was never Ready: it ends by itself, or somebody
 * deletes it, such as another operator whose watch has not told it the same.
 */
const RESTART_BACKOFF: Backoff = { baseMs: 500, maxMs: 60_000 };

export interface ActParts {
  readonly api: ClusterApi;
  readonly view: View;
  readonly config: Config;
  readonly content: FallbackContent;
  readonly log: typeof Log;
}

type Start = Extract<Decision, { action: "start" }>;

/** Does what was decided about a Service. */
export class Actor {
  readonly #parts: ActParts;
  readonly #restarts = new Map<ServiceKey, { count: number; notBefore: number }>();

  constructor(parts: ActParts) {
    this.#parts = parts;
  }

  /**
   * Does it.
   *
   * @returns milliseconds until the Service is to be looked at again even without an event, if it is
   * @throws {Obstacle | ApiError} if it could not be done; to be tried again
   */
  async act(
    key: ServiceKey,
    decision: Decision,
    source: ContentSource,
  ): Promise<number | undefined> {
    switch (decision.action) {
      case "start":
        return this.#start(key, decision, source);
      case "remove":
      case "replace":
        await this.#remove(key, decision.pods, decision.reason);
        return undefined;
      case "publish":
        await this.#publish(key, decision.service, decision.changes, decision.reason);
        return undefined;
      case "withdraw":
        await this.#withdraw(key, decision.slices, decision.reason);
        return undefined;
      case "wait":
        this.#settle(key);
        return decision.ms;
      case "keep":
      case "nothing":
        this.#settle(key);
        return undefined;
    }
  }

  /** A fallback Pod that is Ready, or is not needed, has left its troubles behind. */
  #settle(key: ServiceKey): void {
    const { fallbacks } = this.#parts.view.situation(key);
    if (fallbacks.every(({ ready }) => ready)) {
      this.#restarts.delete(key);
    }
  }

  async #start(
    key: ServiceKey,
    decision: Start,
    source: ContentSource,
  ): Promise<number | undefined> {
    const waitMs = (this.#restarts.get(key)?.notBefore ?? 0) - Date.now();
    if (waitMs > 0) {
      return waitMs;
    }
    const pod = await this.#createFallback(key, decision, source);
    this.#holdBack(key);
    // The watch will tell of the Pod too, but its endpoint must not pass for a real one before.
    this.#parts.view.setFallback(pod);
    this.#tell(key, { pod: pod.metadata?.name, reason: decision.reason }, "Fallback Pod started");
    return undefined;
  }

  /** @returns the new Pod, or ours that was there already */
  async #createFallback(
    key: ServiceKey,
    { service, standby }: Start,
    source: ContentSource,
  ): Promise<PodObject> {
    const { api, view, config, content } = this.#parts;
    const { namespace, name } = splitServiceKey(key);
    const template = await content.template(key, service, source, standby);
    const podName = fallbackPodName(config.podNamePrefix, name, view.situation(key).fallbacks);
    const { priorityClass } = config;
    const at = { namespace, service: name, podName, standby, priorityClass };
    const pod = buildFallbackPod(at, service, template);
    if (isSelected(pod.metadata, service) !== (standby === "Cold")) {
      throw new Obstacle(
        `spec.selector of the Service has ${FALLBACK_LABEL}, which is for the operator's own Pods: ` +
          "select by other labels",
      );
    }
    const created = await api.createPod(pod);
    if (created) {
      return created;
    }
    const present = await api.getPod(namespace, podName);
    if (present && fallbackFor(present) === name) {
      return present;
    }
    throw new Obstacle(
      `Pod ${podName} is there and is not the operator's: it is left alone; rename or delete it, ` +
        "or set POD_NAME_PREFIX",
    );
  }

  async #remove(key: ServiceKey, pods: readonly FallbackPod[], reason: string): Promise<void> {
    for (const pod of pods) {
      await this.#parts.api.deletePod(pod);
      this.#parts.view.markTerminating(key, pod.uid);
      this.#tell(key, { pod: pod.name, reason }, "Fallback Pod removed");
    }
  }

  async #publish(
    key: ServiceKey,
    service: ServiceRecord,
    changes: readonly SliceChange[],
    reason: string,
  ): Promise<void> {
    const { api, view, config } = this.#parts;
    const { namespace, name } = splitServiceKey(key);
    const at = { namespace, service: name, prefix: config.podNamePrefix };
    for (const { content, present } of changes) {
      const manifest = buildStandbySlice(at, service, content);
      const written = present
        ? await api.applySlice(present, manifest)
        : ((await api.createSlice(manifest)) ?? (await this.#ownSlice(manifest.metadata)));
      view.setSlice(written);
      const ready = content.endpoint?.ready;
      const fields = { endpointSlice: written.metadata?.name, ready, reason };
      this.#tell(key, fields, "Standby endpoint published");
    }
  }

  /** Another operator's that was faster; anybody else's is left alone. */
  async #ownSlice({ namespace, name }: { namespace: string; name: string }) {
    const present = await this.#parts.api.getSlice(namespace, name);
    if (present && isStandbySlice(present)) {
      return present;
    }
    throw new Obstacle(
      `EndpointSlice ${name} is there and is not the operator's: it is left alone; delete it, ` +
        "or set POD_NAME_PREFIX",
    );
  }

  async #withdraw(key: ServiceKey, slices: readonly StandbySlice[], reason: string): Promise<void> {
    for (const slice of slices) {
      await this.#parts.api.deleteSlice(slice);
      this.#parts.view.forgetSlice(key, slice.uid);
      this.#tell(key, { endpointSlice: slice.name, reason }, "Standby endpoint withdrawn");
    }
  }

  #holdBack(key: ServiceKey): void {
    const count = (this.#restarts.get(key)?.count ?? 0) + 1;
    // The first one is replaced at once: an evicted Pod is no reason to wait.
    const delay = count === 1 ? 0 : backoffDelay(RESTART_BACKOFF, count - 1);
    this.#restarts.set(key, { count, notBefore: Date.now() + delay });
  }

  #tell(key: ServiceKey, fields: object, what: string): void {
    this.#parts.log.info({ service: splitServiceKey(key), ...fields }, what);
  }
}
