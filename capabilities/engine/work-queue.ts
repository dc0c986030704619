import { retryAfterMs } from "../cluster/api";
import { Turns } from "./turns";

export interface Backoff {
  /** Milliseconds before the first retry. */
  readonly baseMs: number;
  /** Milliseconds between retries at most. */
  readonly maxMs: number;
}

/** Milliseconds to wait after `failures` failures in a row: exponential, the half of it random. */
export function backoffDelay({ baseMs, maxMs }: Backoff, failures: number): number {
  const full = Math.min(maxMs, baseMs * 2 ** (failures - 1));
  return full / 2 + (Math.random() * full) / 2;
}

/**
 * Milliseconds to wait after an error, the last of `failures` in a row: as long as the API server
 * asks for, and the backoff on top, so that those that it sent away do not come back all at once.
 */
export function retryDelay(backoff: Backoff, failures: number, error: unknown): number {
  return retryAfterMs(error) + backoffDelay(backoff, failures);
}

/** How a piece of work ended: done, failed, or to be looked at again later. */
export type Outcome = "success" | "error" | "requeue_after";

/** Told of what a queue does, to measure it. */
export interface QueueMeter {
  /** A key waits that did not wait already. */
  added(): void;
  /** A key waits no more, and is not worked on either. */
  dropped(): void;
  /** Work on a key begins after it has waited. @returns to be called when the work has ended */
  started(waitedMs: number): (outcome: Outcome) => void;
}

/** What a key that is worked on has of the queue. */
export interface Place {
  /** When the key was added, in milliseconds of `performance.now()`. */
  readonly since: number;
  /**
   * Keeps the place taken for so many milliseconds at least, and longer the longer the work takes, see
   * {@link keptFor}: it bounds how many are worked on in a second, and keeps none waiting that comes
   * alone.
   */
  readonly keep: (atLeastMs: number) => void;
}

/** The more an API server has to do, the later it answers, and the longer it is left alone. */
const TIMES_AS_LONG = 10;
/** One answer that does not come keeps nothing else from being told. */
const KEPT_AT_MOST_MS = 2000;

/** Milliseconds from the beginning of the work, which took `tookMs`, for which its place is kept. */
function keptFor(atLeastMs: number, tookMs: number): number {
  return Math.max(atLeastMs, Math.min(TIMES_AS_LONG * tookMs, KEPT_AT_MOST_MS));
}

interface Options {
  /** How many keys are worked on at once; of one group, see {@link Turns}, half as many are. */
  readonly concurrency: number;
  readonly backoff: Backoff;
  /**
   * Works on one key; a rejection has it tried again.
   *
   * @returns milliseconds until the key is to have another turn anyway, if it is
   */
  readonly work: (key: string, place: Place) => Promise<number | undefined>;
  /** Whether a key that is added is to have its turn before those that are not; none is if left out. */
  readonly isUrgent?: (key: string) => boolean;
  /** Told of each failure, and of the milliseconds until the next try. */
  readonly onFailure: (key: string, error: unknown, retryMs: number) => void;
  readonly meter?: QueueMeter;
}

/**
 * A queue of keys: several are worked on at once, but never one twice at the same time. A key that
 * waits already is not added again; one that is added while it is worked on has another turn. The
 * Services of one namespace keep those of another from nothing, and urgent ones go first
 * ({@link Turns}).
 *
 * Made after the work queue of Kubernetes' own controllers
 * (https://pkg.go.dev/k8s.io/client-go/util/workqueue).
 */
export class WorkQueue {
  readonly #options: Options;
  readonly #turns: Turns;
  /** When each key that waits was added, in milliseconds of `performance.now()`. */
  readonly #added = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** Keys that the API server has asked to wait; no event brings them forward. */
  readonly #held = new Set<string>();
  #scheduled = false;

  constructor(options: Options) {
    this.#options = options;
    const { concurrency } = options;
    this.#turns = new Turns({ atOnce: concurrency, ofOneGroup: Math.ceil(concurrency / 2) });
  }

  /** Has the keys worked on as soon as possible, after the events that are at hand were all seen. */
  add(...keys: string[]): void {
    for (const key of keys) {
      if (!this.#held.has(key)) {
        this.#cancelTimer(key);
        this.#takeIn(key);
        this.#noteAdded(key);
      }
    }
    this.#schedule();
  }

  /** Has the key worked on in `ms` milliseconds, or earlier if it is due or added before. */
  addLater(key: string, ms: number): void {
    if (this.#turns.isWaiting(key) || this.#timers.has(key)) {
      return;
    }
    this.#timers.set(
      key,
      setTimeout(() => {
        this.#held.delete(key);
        this.add(key);
      }, ms),
    );
  }

  /** Whether there is nothing to do, other than at a later time. */
  get isIdle(): boolean {
    return this.#turns.isEmpty;
  }

  #takeIn(key: string): void {
    if (this.#options.isUrgent?.(key)) {
      this.#turns.addUrgent(key);
    } else {
      this.#turns.add(key);
    }
  }

  #schedule(): void {
    if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.#startWork();
      });
    }
  }

  #startWork(): void {
    for (let key = this.#turns.next(); key !== undefined; key = this.#turns.next()) {
      const since = this.#added.get(key) ?? performance.now();
      this.#added.delete(key);
      void this.#run(key, since);
    }
  }

  async #run(key: string, since: number): Promise<void> {
    const begin = performance.now();
    const ended = this.#options.meter?.started(begin - since);
    let atLeastMs: number | undefined;
    const keep = (ms: number) => {
      atLeastMs = ms;
    };
    try {
      const againInMs = await this.#options.work(key, { since, keep });
      ended?.(againInMs === undefined ? "success" : "requeue_after");
      this.#failures.delete(key);
      if (againInMs !== undefined) {
        this.addLater(key, againInMs);
      }
    } catch (error) {
      ended?.("error");
      this.#retry(key, error);
    } finally {
      if (atLeastMs !== undefined) {
        const tookMs = performance.now() - begin;
        const leftMs = keptFor(atLeastMs, tookMs) - tookMs;
        await new Promise(resolve => setTimeout(resolve, leftMs));
      }
      this.#turns.finish(key);
      this.#schedule();
    }
  }

  #retry(key: string, error: unknown): void {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    const delay = retryDelay(this.#options.backoff, failures, error);
    this.#options.onFailure(key, error, delay);
    if (retryAfterMs(error) > 0) {
      this.#drop(key);
      this.#cancelTimer(key);
      this.#held.add(key);
    }
    this.addLater(key, delay);
  }

  #noteAdded(key: string): void {
    if (!this.#added.has(key)) {
      this.#added.set(key, performance.now());
      this.#options.meter?.added();
    }
  }

  #drop(key: string): void {
    this.#turns.drop(key);
    if (this.#added.delete(key)) {
      this.#options.meter?.dropped();
    }
  }

  #cancelTimer(key: string): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
  }
}
