import type { Log } from "pepr";
import type { ClusterApi } from "./cluster";
import type { Config } from "./domain/config";
import { contentSource, type ContentSource } from "./domain/content-source";
import { decide, isLame, needsFallback, type Decision, type Situation } from "./domain/decide";
import {
  buildFallbackPod,
  fallbackFor,
  fallbackPodName,
  type FallbackPod,
} from "./domain/fallback-pod";
import { splitServiceKey, type PodObject, type ServiceKey } from "./domain/kubernetes";
import type { PageSpec } from "./domain/page/spec";
import type { ServiceRecord } from "./domain/service";
import type { View } from "./domain/view";
import type { FallbackContent } from "./fallback-content";
import type { LamenessLog } from "./lameness-log";
import { Obstacle, problemOf } from "./obstacle";
import type { ServiceStates } from "./service-states";
import { backoffDelay, type Backoff } from "./work-queue";

/** Between a fallback Pod that ended by itself and the next one. */
const RESTART_BACKOFF: Backoff = { baseMs: 500, maxMs: 60_000 };
/** Between two looks at what is not watched, such as a ConfigMap, while a fallback Pod stands in. */
const RECHECK_MS = 30_000;

interface Parts {
  readonly api: ClusterApi;
  readonly view: View;
  readonly config: Config;
  readonly content: FallbackContent;
  readonly lameness: LamenessLog;
  readonly states: ServiceStates;
  readonly log: typeof Log;
}

/** Puts one Service right: looks at what is there, decides, acts. */
export class Reconciler {
  readonly #parts: Parts;
  readonly #restarts = new Map<ServiceKey, { count: number; notBefore: number }>();
  /** What pages with a ConfigMap were found to be, as that is not watched. */
  readonly #checked = new Map<ServiceKey, { page: PageSpec; id: string; until: number }>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Puts one Service right. Nothing is remembered from one call to the next that decides anything
   * for good, so it may run at any time and any number of times.
   *
   * @returns milliseconds until it is to run again even without an event, if it is
   * @throws {Obstacle | ApiError} if it could not; to be tried again
   */
  async reconcile(key: ServiceKey): Promise<number | undefined> {
    const { view, lameness } = this.#parts;
    const situation = view.situation(key);
    lameness.report(key, situation);
    if (!isLame(situation)) {
      this.#restarts.delete(key);
    }
    const source = contentSource(situation.protectedBy ?? []);
    try {
      const againInMs = await this.#putRight(key, situation, source);
      this.#tell(key, source);
      return againInMs;
    } catch (error) {
      this.#tell(key, source, error);
      throw error;
    }
  }

  async #putRight(
    key: ServiceKey,
    situation: Situation,
    source: ContentSource,
  ): Promise<number | undefined> {
    const wanted = await this.#wantedContent(key, situation, source);
    // Looked at again: things may have changed while the content was read.
    const decision = decide(this.#parts.view.situation(key), wanted);
    const { action, reason } = decision;
    this.#parts.log.debug({ service: splitServiceKey(key), action, reason }, "Decided");
    return this.#act(key, decision, source);
  }

  #tell(key: ServiceKey, source: ContentSource, error?: unknown): void {
    const { view, content, states } = this.#parts;
    const situation = view.situation(key);
    const { service } = situation;
    if (!service) {
      content.forget(key);
    }
    const warnings = service ? content.warnings(key, service, source) : [];
    states.report(key, situation, warnings, error === undefined ? undefined : problemOf(error));
  }

  /** What the fallback Pod that stands in is to be made of by now; undefined: it does as it is. */
  async #wantedContent(
    key: ServiceKey,
    situation: Situation,
    source: ContentSource,
  ): Promise<string | undefined> {
    const { service, fallbacks } = situation;
    if (!service || fallbacks.length === 0 || !needsFallback(situation)) {
      this.#checked.delete(key);
      return undefined;
    }
    const checked = this.#checked.get(key);
    const page = unwatchedPage(source);
    if (page && checked?.page === page && checked.until > Date.now()) {
      return checked.id;
    }
    const id = await this.#parts.content.id(key, service, source);
    if (page && id) {
      this.#checked.set(key, { page, id, until: Date.now() + RECHECK_MS });
    }
    return id;
  }

  async #act(
    key: ServiceKey,
    decision: Decision,
    source: ContentSource,
  ): Promise<number | undefined> {
    switch (decision.action) {
      case "start":
        return this.#start(key, decision.service, source, decision.reason);
      case "remove":
      case "replace":
        await this.#remove(key, decision.pods, decision.reason);
        return undefined;
      case "keep":
        return unwatchedPage(source) && RECHECK_MS;
      case "nothing":
        return undefined;
    }
  }

  async #start(
    key: ServiceKey,
    service: ServiceRecord,
    source: ContentSource,
    reason: string,
  ): Promise<number | undefined> {
    const waitMs = (this.#restarts.get(key)?.notBefore ?? 0) - Date.now();
    if (waitMs > 0) {
      return waitMs;
    }
    const { view, log } = this.#parts;
    const pod = await this.#createFallback(key, service, source);
    // The watch will tell of the Pod too, but its endpoint must not pass for a real one before.
    view.setFallback(pod);
    log.info(
      { service: splitServiceKey(key), pod: pod.metadata?.name, reason },
      "Fallback Pod started",
    );
    return undefined;
  }

  /** @returns the new Pod, or ours that was there already */
  async #createFallback(
    key: ServiceKey,
    service: ServiceRecord,
    source: ContentSource,
  ): Promise<PodObject> {
    const { api, view, config, content } = this.#parts;
    const { namespace, name } = splitServiceKey(key);
    const template = await content.template(key, service, source);
    const podName = fallbackPodName(config.podNamePrefix, name, view.situation(key).fallbacks);
    const at = { namespace, service: name, podName };
    const created = await api.createPod(buildFallbackPod(at, service, template));
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
      if (pod.state === "dead") {
        this.#holdBack(key);
      }
      const service = splitServiceKey(key);
      this.#parts.log.info({ service, pod: pod.name, reason }, "Fallback Pod removed");
    }
  }

  #holdBack(key: ServiceKey): void {
    const count = (this.#restarts.get(key)?.count ?? 0) + 1;
    // The first one is replaced at once: an evicted Pod is no reason to wait.
    const delay = count === 1 ? 0 : backoffDelay(RESTART_BACKOFF, count - 1);
    this.#restarts.set(key, { count, notBefore: Date.now() + delay });
  }
}

/** The page, if no event tells of a change of its content. */
function unwatchedPage(source: ContentSource): PageSpec | undefined {
  return source.kind === "page" && source.page.configMap ? source.page : undefined;
}
