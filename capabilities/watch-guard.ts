import { setTimeout as sleep } from "node:timers/promises";
import { K8s, kind, modelToGroupVersionKind, type GenericClass } from "kubernetes-fluent-client";
import { FetchMethods } from "kubernetes-fluent-client/dist/fluent/shared-types";
import { Log, metricsCollector } from "pepr";
import { callApi } from "./cluster/api";
import { WatchClock, type SilenceLimits } from "./watch-clock";
import { hearWatches } from "./watch-traffic";

/** Each watch lists all there is so often, in seconds, by Pepr's own default. */
const DEFAULT_RELIST_SECONDS = 600;
/** So many lists may fail before the watch counts as dead. */
const LISTS = 3;
/** Pepr begins to watch within 6 s of its start, unless it failed to for good. */
const START_MS = 10_000;
const CHECK_MS = 1000;
/** How often in a row the API server has to have answered in the meantime: it is not its fault then. */
const PROBES = 3;
const METRIC = "watch_silent_seconds";

/**
 * Ends the process when it no longer hears of a resource that it watches, though the API server
 * answers: Kubernetes then starts it again. Pepr's health check says OK whatever happens, and its
 * watches are never begun if the API server fails in the wrong moment of the start.
 *
 * While the API server gives no answer the process goes on: a new one would hear no more.
 */
export function guardWatches(models: readonly GenericClass[]): void {
  const guard = new WatchGuard(models.map(pathOf), limits());
  void guard.run();
}

class WatchGuard {
  readonly #log: typeof Log = Log.child({ component: "watch-guard" });
  readonly #clock: WatchClock;
  readonly #limits: SilenceLimits;
  readonly #shown = new Map<string, number>();
  #probes = 0;

  constructor(paths: readonly string[], limits: SilenceLimits) {
    this.#clock = new WatchClock(paths, performance.now());
    this.#limits = limits;
    metricsCollector.addGauge(METRIC, "Seconds since a watched resource was last heard of", [
      "resource",
    ]);
    hearWatches({
      asked: path => {
        this.#clock.asked(path);
      },
      heard: path => {
        this.#clock.heard(path, performance.now());
      },
    });
  }

  async run(): Promise<never> {
    for (;;) {
      await sleep(CHECK_MS);
      await this.#check();
    }
  }

  async #check(): Promise<void> {
    const now = performance.now();
    this.#show(this.#clock.silence(now));
    const silent = this.#clock.overdue(now, this.#limits);
    this.#probes = silent.length > 0 && (await this.#isAnswered()) ? this.#probes + 1 : 0;
    if (this.#probes >= PROBES) {
      this.#log.fatal(
        { silent },
        `Nothing is heard of ${silent.join(", ")} though the API server answers: ` +
          "the watches are dead, so this process ends to be started again",
      );
      process.exit(1);
    }
  }

  async #isAnswered(): Promise<boolean> {
    try {
      await callApi("asking whether the API server is ready", () =>
        K8s(kind.Namespace).Raw("/readyz", FetchMethods.GET),
      );
      return true;
    } catch (error) {
      this.#log.warn({ err: error }, "The watches are silent, as the API server gives no answer");
      return false;
    }
  }

  #show(silence: Map<string, number>): void {
    for (const [resource, ms] of silence) {
      const seconds = Math.round(ms / 1000);
      // Pepr's gauges can only be added to.
      metricsCollector.incGauge(METRIC, { resource }, seconds - (this.#shown.get(resource) ?? 0));
      this.#shown.set(resource, seconds);
    }
  }
}

function limits(): SilenceLimits {
  const seconds = Number(process.env.PEPR_RELIST_INTERVAL_SECONDS ?? DEFAULT_RELIST_SECONDS);
  return { ms: LISTS * seconds * 1000, startMs: START_MS };
}

function pathOf(model: GenericClass): string {
  const { group, version, kind, plural } = modelToGroupVersionKind(model.name);
  const root = group ? `/apis/${group}/${version ?? "v1"}` : `/api/${version ?? "v1"}`;
  return `${root}/${plural ?? `${kind.toLowerCase()}s`}`;
}
