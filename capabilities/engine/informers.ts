import { setTimeout as sleep } from "node:timers/promises";
import { Log } from "pepr";
import type { Followable, News } from "../domain/followed";
import { METRICS } from "../domain/metrics";
import { Suspicion } from "../domain/suspicion";
import { Informer, type Subject } from "./informer";
import type { Metrics } from "./metrics";
import { WatchMetrics } from "./watch-metrics";
import { retryDelay } from "./work-queue";

const BACKOFF = { baseMs: 1000, maxMs: 10_000 };

interface Parts {
  readonly metrics: Metrics;
  /** Told after each list of all there is. */
  readonly onListed: () => void;
}

/** An informer of whatever kind. */
type AnyInformer = Pick<Informer, "plural" | "list" | "watch" | "renew">;

interface Found {
  readonly informer: AnyInformer;
  readonly news: News<unknown>;
}

/**
 * The informers of all kinds, which do not rely on their watches: now and then all there is is listed.
 *
 * What a watch missed is put right then. When a watch does not tell of it within another interval,
 * nor of anything else, it is dead, and made anew.
 */
export class Informers {
  readonly #parts: Parts;
  readonly #log: typeof Log = Log.child({ component: "relist" });
  readonly #watchMetrics: WatchMetrics;
  readonly #all: AnyInformer[] = [];
  /** The list of all there is that is on its way. */
  #listing: Promise<Found[]> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#watchMetrics = new WatchMetrics(parts.metrics);
  }

  /** Has the objects of a kind listed and watched. */
  add<T extends Followable>(subject: Subject<T>): Informer<T> {
    const informer = new Informer(subject, this.#watchMetrics.meter(subject.kind));
    this.#all.push(informer);
    return informer;
  }

  /** Lists all there is. To be called once, before {@link follow}. @throws {ApiError} */
  async begin(): Promise<void> {
    await this.#list();
  }

  /** Watches, and lists all there is every `intervalMs` milliseconds, as long as the process lives. */
  follow(intervalMs: number): void {
    this.#parts.metrics.gauge(METRICS.relistInterval, () => [[intervalMs / 1000, {}]]);
    for (const informer of this.#all) {
      void informer.watch(() => this.#list());
    }
    void this.#keepListing(intervalMs);
  }

  async #keepListing(intervalMs: number): Promise<never> {
    const suspicions = new Map(
      this.#all.map(informer => [informer, new Suspicion(intervalMs)] as const),
    );
    for (let failures = 0, nextMs = intervalMs; ; ) {
      await sleep(nextMs);
      try {
        nextMs = await this.#relist(suspicions);
        failures = 0;
      } catch (error) {
        failures++;
        for (const suspicion of suspicions.values()) {
          suspicion.listFailed(performance.now());
        }
        nextMs = retryDelay(BACKOFF, failures, error);
        this.#log.warn({ err: error }, "Listing all there is failed; it is tried again");
      }
    }
  }

  /** @returns milliseconds until the next lists */
  async #relist(suspicions: ReadonlyMap<AnyInformer, Suspicion>): Promise<number> {
    const waits: number[] = [];
    for (const { informer, news } of await this.#list()) {
      const finding = suspicions.get(informer)?.note(news, performance.now());
      if (finding?.dead) {
        this.#log.error(deadMessage(informer.plural, news.untold));
        informer.renew();
      }
      waits.push(finding?.nextMs ?? Infinity);
    }
    return Math.min(...waits);
  }

  /**
   * Takes in the lists of all kinds in one go: what a list says of CriticalServices is not to be put
   * together with what was known of endpoints before the watches fell silent.
   */
  #list(): Promise<Found[]> {
    const listAll = async () => {
      const lists = await Promise.all(
        this.#all.map(async informer => ({ informer, takeIn: await informer.list() })),
      );
      const found = lists.map(({ informer, takeIn }) => ({ informer, news: takeIn() }));
      this.#parts.onListed();
      return found;
    };
    this.#listing ??= listAll().finally(() => (this.#listing = undefined));
    return this.#listing;
  }
}

function deadMessage(plural: string, untold: number): string {
  return (
    `The watch of the ${plural} is dead: it has not told of ${untold} change(s) that lists ` +
    "brought. It is made anew"
  );
}
