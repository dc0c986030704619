import { K8s, kind, modelToGroupVersionKind, type GenericClass } from "kubernetes-fluent-client";
import { FetchMethods } from "kubernetes-fluent-client/dist/fluent/shared-types";
import { Log, metricsCollector } from "pepr";
import { callApi } from "./cluster/api";
import { WatchClock } from "./watch-clock";
import { hearWatches } from "./watch-traffic";

/** Each watch lists all there is so often, in seconds, by Pepr's own default. */
const DEFAULT_RELIST_SECONDS = 600;
/** So many lists may fail before the watch counts as dead. */
const LISTS = 3;
/** How often the API server has to have answered in the meantime: it is not its fault then. */
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
  const guard = new WatchGuard(models.map(pathOf), limitMs());
  const timer = setInterval(() => void guard.check(), limitMs() / LISTS / PROBES);
  timer.unref();
}

class WatchGuard {
  readonly #log: typeof Log = Log.child({ component: "watch-guard" });
  readonly #clock: WatchClock;
  readonly #limitMs: number;
  readonly #shown = new Map<string, number>();
  #probes = 0;

  constructor(paths: readonly string[], limitMs: number) {
    this.#clock = new WatchClock(paths, performance.now());
    this.#limitMs = limitMs;
    metricsCollector.addGauge(METRIC, "Seconds since a watched resource was last heard of", [
      "resource",
    ]);
    hearWatches(path => {
      this.#clock.heard(path, performance.now());
    });
  }

  async check(): Promise<void> {
    const silence = this.#clock.silence(performance.now());
    this.#show(silence);
    const silent = [...silence].filter(([, ms]) => ms > this.#limitMs).map(([path]) => path);
    this.#probes = silent.length > 0 && (await this.#isAnswered()) ? this.#probes + 1 : 0;
    if (this.#probes >= PROBES) {
      this.#log.fatal(
        { silent },
        `Nothing was heard of ${silent.join(", ")} for ${Math.round(this.#limitMs / 1000)} s ` +
          "though the API server answers: the watches are dead, so this process ends to be started again",
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

function limitMs(): number {
  const seconds = Number(process.env.PEPR_RELIST_INTERVAL_SECONDS ?? DEFAULT_RELIST_SECONDS);
  return LISTS * seconds * 1000;
}

function pathOf(model: GenericClass): string {
  const { group, version, kind, plural } = modelToGroupVersionKind(model.name);
  const root = group ? `/apis/${group}/${version ?? "v1"}` : `/api/${version ?? "v1"}`;
  return `${root}/${plural ?? `${kind.toLowerCase()}s`}`;
}
