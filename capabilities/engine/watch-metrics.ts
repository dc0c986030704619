import { METRICS } from "../domain/metrics";
import { secondsSince, type Metrics } from "./metrics";

/** Told of what becomes of one watch. */
export interface WatchMeter {
  /** It has told of something. */
  alive(): void;
  /** A list has brought changes that it missed; or it confirms that there was nothing to tell. */
  listed(missed: number, confirmed: boolean): void;
}

/** Whether the watches are alive. */
export class WatchMetrics {
  /** In milliseconds of `performance.now()`, by kind. */
  readonly #lastAlive = new Map<string, number>();
  readonly #missed;

  constructor(metrics: Metrics) {
    this.#missed = metrics.counter(METRICS.missedChanges);
    metrics.gauge(METRICS.watchAge, () =>
      [...this.#lastAlive].map(([kind, at]) => [secondsSince(at), { kind }] as const),
    );
  }

  /** Measures the watch of a kind, which is taken for alive at first. */
  meter(kind: string): WatchMeter {
    const alive = () => {
      this.#lastAlive.set(kind, performance.now());
    };
    const listed = (missed: number, confirmed: boolean) => {
      this.#missed.inc({ kind }, missed);
      if (confirmed) {
        alive();
      }
    };
    listed(0, true);
    return { alive, listed };
  }
}
