import { isDeepStrictEqual } from "node:util";
import type { Log } from "pepr";
import type { Actor } from "./act";
import { contentSource, type ContentSource } from "../domain/content-source";
import type { Standby } from "../domain/critical-service";
import { decide, type Decision } from "../domain/decide";
import { splitServiceKey, type ServiceKey } from "../domain/kubernetes";
import type { PageSpec } from "../domain/page/spec";
import type { ServiceRecord } from "../domain/service";
import { isLame, needsFallback, standbyOf, type Situation } from "../domain/situation";
import type { View } from "../domain/view";
import type { FallbackContent } from "./fallback-content";
import type { LamenessLog } from "./lameness-log";
import { problemOf } from "./obstacle";
import type { ServiceStates } from "./service-states";
import { Steadiness } from "./steadiness";

/** Between two looks at what is not watched, such as a ConfigMap, while a fallback Pod is there. */
const RECHECK_MS = 30_000;

interface Parts {
  readonly view: View;
  readonly actor: Actor;
  readonly content: FallbackContent;
  readonly lameness: LamenessLog;
  readonly states: ServiceStates;
  readonly log: typeof Log;
}

/** What is seen by watches of what a page is made of. */
interface Made {
  readonly page: PageSpec | undefined;
  readonly ports: ServiceRecord["ports"];
  readonly standby: Standby;
}

/** What a page was found to be. */
interface Checked {
  readonly of: Made;
  readonly id: string | undefined;
  readonly until: number;
}

/** Puts one Service right: looks at what is there, decides, acts. */
export class Reconciler {
  readonly #parts: Parts;
  readonly #checked = new Map<ServiceKey, Checked>();
  readonly #lameness = new Steadiness();
  readonly #unnamed = new Steadiness();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Puts one Service right. Nothing is remembered from one call to the next that decides anything
   * for good, so it may run at any time and any number of times.
   *
   * @param since when the operator learned of what is new, in milliseconds of `performance.now()`
   * @returns milliseconds until it is to run again even without an event, if it is
   * @throws {Obstacle | ApiError} if it could not; to be tried again
   */
  async reconcile(key: ServiceKey, since: number): Promise<number | undefined> {
    const { lameness } = this.#parts;
    const situation = this.#look(key);
    lameness.report(key, situation);
    const source = contentSource(situation.protectedBy ?? []);
    try {
      const againInMs = await this.#putRight(key, situation, source);
      this.#tell(key, situation, source, since);
      return againInMs;
    } catch (error) {
      this.#tell(key, situation, source, since, error);
      throw error;
    }
  }

  async #putRight(
    key: ServiceKey,
    situation: Situation,
    source: ContentSource,
  ): Promise<number | undefined> {
    const decision = decide(situation, this.#checked.get(key)?.id);
    if (decision.action === "publish") {
      return this.#publish(key, decision, source);
    }
    if (!mayBeOutdated(situation)) {
      this.#checked.delete(key);
      return this.#act(key, decision, source);
    }
    const content = await this.#wantedContent(key, situation, source);
    // Looked at again: things may have changed while the content was read.
    return this.#act(key, decide(this.#look(key), content), source);
  }

  /** To turn the standby endpoint is urgent, and waits for nothing to be read. */
  async #publish(
    key: ServiceKey,
    decision: Decision,
    source: ContentSource,
  ): Promise<number | undefined> {
    try {
      return await this.#act(key, decision, source);
    } catch (error) {
      // What is told of the content must not depend on since when an endpoint is in the way. If that
      // can't be had either, it is told when the endpoint is right.
      const situation = this.#look(key);
      if (mayBeOutdated(situation)) {
        await this.#wantedContent(key, situation, source).catch(() => undefined);
      }
      throw error;
    }
  }

  async #act(
    key: ServiceKey,
    decision: Decision,
    source: ContentSource,
  ): Promise<number | undefined> {
    const { actor, log } = this.#parts;
    const { action, reason } = decision;
    log.debug({ service: splitServiceKey(key), action, reason }, "Decided");
    const againInMs = await actor.act(key, decision, source);
    return action === "keep" && unwatchedPage(source) ? this.#recheckInMs(key) : againInMs;
  }

  /** @param before what was there before anything was done about it */
  #tell(
    key: ServiceKey,
    before: Situation,
    source: ContentSource,
    since: number,
    error?: unknown,
  ): void {
    const { content, states } = this.#parts;
    const situation = this.#look(key);
    const { service, fallbacks } = situation;
    if (!service || !needsFallback(situation)) {
      content.forget(key);
    }
    const warnings = service ? content.warnings(key, service, source, fallbacks) : [];
    const problem = error === undefined ? undefined : problemOf(error);
    states.report(key, situation, { warnings, problem, since, before });
  }

  #look(key: ServiceKey): Situation {
    const situation = this.#parts.view.situation(key);
    const { service, protectedBy } = situation;
    const isUnnamed = service && protectedBy && protectedBy.length === 0;
    return {
      ...situation,
      steadyMs: this.#lameness.note(key, isLame(situation)),
      unnamedMs: this.#unnamed.note(key, isUnnamed),
    };
  }

  /** What the fallback Pod that is there is to be made of by now; undefined: it does as it is. */
  async #wantedContent(
    key: ServiceKey,
    situation: Replaceable,
    source: ContentSource,
  ): Promise<string | undefined> {
    const { service } = situation;
    const standby = standbyOf(situation);
    const page = unwatchedPage(source);
    const of = { page, ports: service.ports, standby };
    const checked = this.#checked.get(key);
    if (page && checked && checked.until > Date.now() && isDeepStrictEqual(checked.of, of)) {
      return checked.id;
    }
    const id = await this.#parts.content.id(key, service, source, standby);
    this.#checked.set(key, { of, id, until: Date.now() + RECHECK_MS });
    return id;
  }

  /** What is left since the last look, not all of it: whatever happens to the Service asks again. */
  #recheckInMs(key: ServiceKey): number {
    return Math.max(0, (this.#checked.get(key)?.until ?? 0) - Date.now());
  }
}

interface Replaceable extends Situation {
  readonly service: ServiceRecord;
}

/** Whether a fallback Pod is there that is to be made of what is wanted by now. */
function mayBeOutdated(situation: Situation): situation is Replaceable {
  const { service, fallbacks } = situation;
  return service !== undefined && fallbacks.length > 0 && needsFallback(situation);
}

/** The page, if no event tells of a change of its content. */
function unwatchedPage(source: ContentSource): PageSpec | undefined {
  return source.kind === "page" && source.page.configMap ? source.page : undefined;
}
