import { setTimeout as sleep } from "node:timers/promises";
import { Log } from "pepr";
import {
  listCriticalServices,
  listEndpointSlices,
  listFallbackPods,
  listServices,
} from "../cluster/lists";
import type { CriticalServiceObject } from "../domain/critical-service";
import type { Followed, Listed, News } from "../domain/followed";
import type { EndpointSliceObject, PodObject, ServiceObject } from "../domain/kubernetes";
import { METRICS } from "../domain/metrics";
import { Suspicion } from "../domain/suspicion";
import { Operator } from "./operator";
import { WatchMetrics } from "./watch-metrics";
import { retryDelay } from "./work-queue";

/** Until then the watches have told of all there is; Pepr begins its own within 6 s. */
const FIRST_LIST_MS = 10_000;
/** Time to act on what the last list brought, before the process ends. */
const LAST_WORK_MS = 3000;
const BACKOFF = { baseMs: 1000, maxMs: 10_000 };

/** A kind that is listed now and then. */
interface Relisted {
  readonly name: string;
  /** Lists all there is. @returns what passes on what is new in it */
  readonly list: () => Promise<() => News<unknown>>;
}

interface Suspected extends Relisted {
  readonly suspicion: Suspicion;
}

/**
 * An operator that does not rely on its watches: now and then it lists all there is.
 *
 * What a watch missed is put right then. When a watch does not tell of it within another interval,
 * nor of anything else, it is dead, and the process ends for Kubernetes to start it again: Pepr's own
 * health check says OK whatever happens, and if the API server fails in the wrong moment of the start,
 * Pepr's watches never begin.
 */
export class RelistingOperator extends Operator {
  readonly #log: typeof Log = Log.child({ component: "relist" });
  readonly #watches = new WatchMetrics(this.metrics);
  readonly #services = this.#watches.followed<ServiceObject>("Service");
  readonly #slices = this.#watches.followed<EndpointSliceObject>("EndpointSlice");
  readonly #pods = this.#watches.followed<PodObject>("Pod");
  readonly #criticalServices = this.#watches.followed<CriticalServiceObject>("CriticalService");

  override serviceSeen(service: ServiceObject): void {
    if (this.#services.seen(service)) {
      super.serviceSeen(service);
    }
  }

  override serviceGone(service: ServiceObject): void {
    if (this.#services.gone(service)) {
      super.serviceGone(service);
    }
  }

  override endpointSliceSeen(slice: EndpointSliceObject): void {
    if (this.#slices.seen(slice)) {
      super.endpointSliceSeen(slice);
    }
  }

  override endpointSliceGone(slice: EndpointSliceObject): void {
    if (this.#slices.gone(slice)) {
      super.endpointSliceGone(slice);
    }
  }

  override fallbackPodSeen(pod: PodObject): void {
    if (this.#pods.seen(pod)) {
      super.fallbackPodSeen(pod);
    }
  }

  override fallbackPodGone(pod: PodObject): void {
    if (this.#pods.gone(pod)) {
      super.fallbackPodGone(pod);
    }
  }

  override criticalServiceSeen(criticalService: CriticalServiceObject): void {
    if (this.#criticalServices.seen(criticalService)) {
      super.criticalServiceSeen(criticalService);
    }
  }

  override criticalServiceGone(criticalService: CriticalServiceObject): void {
    if (this.#criticalServices.gone(criticalService)) {
      super.criticalServiceGone(criticalService);
    }
  }

  /** Lists all there is every `intervalMs` milliseconds, for as long as the process lives. */
  relistEvery(intervalMs: number): void {
    this.metrics.gauge(METRICS.relistInterval, () => [[intervalMs / 1000, {}]]);
    const kinds = this.#kinds().map(kind => ({ ...kind, suspicion: new Suspicion(intervalMs) }));
    void this.#keepListing(kinds, intervalMs);
  }

  async #keepListing(kinds: readonly Suspected[], intervalMs: number): Promise<never> {
    await sleep(FIRST_LIST_MS);
    for (let failures = 0; ; ) {
      try {
        const nextMs = await this.#relist(kinds);
        failures = 0;
        await sleep(Math.min(nextMs, intervalMs));
      } catch (error) {
        failures++;
        for (const { suspicion } of kinds) {
          suspicion.listFailed(performance.now());
        }
        this.#log.warn({ err: error }, "Listing all there is failed; it is tried again");
        await sleep(retryDelay(BACKOFF, failures, error));
      }
    }
  }

  /**
   * Takes in the lists of all kinds in one go: what a list says of CriticalServices is not to be put
   * together with what was known of endpoints before the watches fell silent.
   *
   * @returns milliseconds until the next lists
   */
  async #relist(kinds: readonly Suspected[]): Promise<number> {
    const lists = await Promise.all(
      kinds.map(async kind => ({ ...kind, takeIn: await kind.list() })),
    );
    const found = lists.map(({ name, suspicion, takeIn }) => {
      const news = takeIn();
      return { name, news, ...suspicion.note(news, performance.now()) };
    });
    for (const { name, news, dead } of found) {
      const missed = news.seen.length + news.gone.length;
      if (missed > 0) {
        this.#log.info({ kind: name, missed }, "A list brought changes before the watch did");
      }
      if (dead) {
        await this.#end(name, news.untold);
      }
    }
    return Math.min(...found.map(({ nextMs }) => nextMs));
  }

  async #end(name: string, untold: number): Promise<never> {
    const message =
      `The watch of each ${name} is dead: it has not told of ${untold} change(s) that ` +
      "lists brought. This process ends, to be started again";
    this.#log.fatal({ kind: name, untold }, message);
    await sleep(LAST_WORK_MS);
    process.exit(1);
  }

  #kinds(): Relisted[] {
    return [
      relisted("Service", this.#services, listServices, {
        seen: object => {
          super.serviceSeen(object);
        },
        gone: object => {
          super.serviceGone(object);
        },
      }),
      relisted("EndpointSlice", this.#slices, listEndpointSlices, {
        seen: object => {
          super.endpointSliceSeen(object);
        },
        gone: object => {
          super.endpointSliceGone(object);
        },
      }),
      relisted("fallback Pod", this.#pods, listFallbackPods, {
        seen: object => {
          super.fallbackPodSeen(object);
        },
        gone: object => {
          super.fallbackPodGone(object);
        },
      }),
      relisted("CriticalService", this.#criticalServices, listCriticalServices, {
        seen: object => {
          super.criticalServiceSeen(object);
        },
        gone: object => {
          super.criticalServiceGone(object);
        },
      }),
    ];
  }
}

function relisted<T extends object>(
  name: string,
  followed: Followed<T>,
  list: () => Promise<Listed<T>>,
  tell: { seen: (object: T) => void; gone: (object: T) => void },
): Relisted {
  return {
    name,
    list: async () => {
      const listed = await list();
      return () => {
        const news = followed.listed(listed);
        news.seen.forEach(tell.seen);
        news.gone.forEach(tell.gone);
        return news;
      };
    },
  };
}
