import { Followed, type Listed, type News } from "../domain/followed";
import type { ObjectMeta } from "../domain/kubernetes";
import { METRICS } from "../domain/metrics";
import { secondsSince, type Metrics } from "./metrics";

/** Told when a watch shows that it is alive, and of what it missed. */
interface WatchMeter {
  alive(): void;
  missed(changes: number): void;
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

  /** What follows the objects of a kind; its watch is taken for alive at first. */
  followed<T extends { metadata?: ObjectMeta }>(kind: string): Followed<T> {
    const alive = () => this.#lastAlive.set(kind, performance.now());
    const missed = (changes: number) => {
      this.#missed.inc({ kind }, changes);
    };
    alive();
    missed(0);
    return new MeteredFollowed({ alive, missed });
  }
}

class MeteredFollowed<T extends { metadata?: ObjectMeta }> extends Followed<T> {
  readonly #meter: WatchMeter;

  constructor(meter: WatchMeter) {
    super();
    this.#meter = meter;
  }

  override seen(object: T): boolean {
    this.#meter.alive();
    return super.seen(object);
  }

  override gone(object: T): boolean {
    this.#meter.alive();
    return super.gone(object);
  }

  override listed(list: Listed<T>): News<T> {
    const news = super.listed(list);
    const missed = news.seen.length + news.gone.length;
    this.#meter.missed(missed);
    if (missed === 0 && news.untold === 0) {
      this.#meter.alive();
    }
    return news;
  }
}
