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
import {
  buildStandbySlice,
  isStandbySlice,
  saysAll,
  type SliceContent,
  type StandbySlice,
} from "../domain/standby-slice";
import type { View } from "../domain/view";
import type { FallbackContent } from "./fallback-content";
import { Insistence } from "./insistence";
import { Obstacle } from "./obstacle";

/**
 * Between two starts for one Service that is lame all the while: its Pod ends by itself, or somebody
 * deletes it. And between two of all else that somebody undoes, such as another operator whose
 * watches have not told it the same.
 */
const BACKOFF = { baseMs: 500, maxMs: 60_000 };

export interface ActParts {
  readonly api: ClusterApi;
  readonly view: View;
  readonly config: Config;
  readonly content: FallbackContent;
  readonly log: typeof Log;
}

/**
 * After a deed the Service is looked at again at once. Mostly a watch tells of what was done, and there
 * is nothing new; but it may be dead, and what takes several steps is not to wait for the next list.
 */
const LOOK_AGAIN_MS = 0;

type Start = Extract<Decision, { action: "start" }>;
type Publish = Extract<Decision, { action: "publish" }>;

/** Does what was decided about a Service. */
export class Actor {
  readonly #parts: ActParts;
  readonly #starts = new Insistence(BACKOFF);
  readonly #removals = new Insistence<"remove" | "replace">(BACKOFF);
  readonly #publications = new Insistence<SliceContent[]>(BACKOFF);
  readonly #withdrawals = new Insistence<string>(BACKOFF);

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
    this.#reconsider(key, decision);
    switch (decision.action) {
      case "wait":
        return decision.ms;
      case "keep":
      case "nothing":
        return undefined;
      default:
        return (await this.#attempt(key, decision, source)) ?? LOOK_AGAIN_MS;
    }
  }

  /** @returns milliseconds until it may be done; undefined: it was */
  async #attempt(
    key: ServiceKey,
    decision: Exclude<Decision, { action: "wait" | "keep" | "nothing" }>,
    source: ContentSource,
  ): Promise<number | undefined> {
    const { reason } = decision;
    switch (decision.action) {
      case "start":
        return this.#starts.attempt(key, undefined, () => this.#start(key, decision, source));
      case "remove":
      case "replace": {
        const { action, pods } = decision;
        return this.#removals.attempt(key, action, () => this.#remove(key, pods, reason));
      }
      case "publish": {
        const wish = decision.changes.map(({ content }) => content);
        return this.#publications.attempt(key, wish, () => this.#publish(key, decision));
      }
      case "withdraw": {
        const { slices } = decision;
        return this.#withdrawals.attempt(key, reason, () => this.#withdraw(key, slices, reason));
      }
    }
  }

  /** Forgets what was done as far as it lasts, or is no longer wished for. */
  #reconsider(key: ServiceKey, { action }: Decision): void {
    const { service, slices } = this.#parts.view.situation(key);
    const isOver = (is: boolean) => !service || is;
    if (isOver(action === "nothing" || action === "wait")) {
      this.#starts.forget(key);
    }
    if (isOver(wantsPod(action) && this.#removals.wish(key) === "remove")) {
      this.#removals.forget(key);
    }
    if (isOver(mayStay(action, slices))) {
      this.#withdrawals.forget(key);
    }
    if (action !== "publish" && !saysAll(slices, this.#publications.wish(key))) {
      this.#publications.forget(key);
    }
  }

  async #start(key: ServiceKey, decision: Start, source: ContentSource): Promise<void> {
    const pod = await this.#createFallback(key, decision, source);
    // The watch will tell of the Pod too, but its endpoint must not pass for a real one before.
    this.#parts.view.setFallback(pod);
    this.#tell(key, { pod: pod.metadata?.name, reason: decision.reason }, "Fallback Pod started");
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

  async #publish(key: ServiceKey, { service, changes, reason }: Publish): Promise<void> {
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

  #tell(key: ServiceKey, fields: object, what: string): void {
    this.#parts.log.info({ service: splitServiceKey(key), ...fields }, what);
  }
}

function wantsPod(action: Decision["action"]): boolean {
  return action === "start" || action === "keep";
}

/** Whether slices are there that may stay. */
function mayStay(action: Decision["action"], slices: readonly StandbySlice[]): boolean {
  return action !== "withdraw" && slices.length > 0;
}
