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

interface Options {
  /** How many keys are worked on at once. */
  readonly concurrency: number;
  readonly backoff: Backoff;
  /**
   * Works on one key; a rejection has it tried again.
   *
   * @returns milliseconds until the key is to have another turn anyway, if it is
   */
  readonly work: (key: string) => Promise<number | undefined>;
  /** Told of each failure, and of the milliseconds until the next try. */
  readonly onFailure: (key: string, error: unknown, retryMs: number) => void;
}

/**
 * A queue of keys: several are worked on at once, but never one twice at the same time. A key that
 * waits already is not added again; one that is added while it is worked on has another turn.
 *
 * Made after the work queue of Kubernetes' own controllers
 * (https://pkg.go.dev/k8s.io/client-go/util/workqueue).
 */
export class WorkQueue {
  readonly #options: Options;
  readonly #waiting = new Set<string>();
  readonly #running = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #scheduled = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Has the keys worked on as soon as possible, after the events that are at hand were all seen. */
  add(...keys: string[]): void {
    for (const key of keys) {
      this.#cancelTimer(key);
      this.#waiting.add(key);
    }
    this.#schedule();
  }

  /** Has the key worked on in `ms` milliseconds, or earlier if it is due or added before. */
  addLater(key: string, ms: number): void {
    if (this.#waiting.has(key) || this.#timers.has(key)) {
      return;
    }
    this.#timers.set(
      key,
      setTimeout(() => {
        this.add(key);
      }, ms),
    );
  }

  /** Whether there is nothing to do, other than at a later time. */
  get isIdle(): boolean {
    return this.#waiting.size === 0 && this.#running.size === 0;
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
    for (const key of this.#waiting) {
      if (this.#running.size >= this.#options.concurrency) {
        return;
      }
      if (!this.#running.has(key)) {
        this.#waiting.delete(key);
        void this.#run(key);
      }
    }
  }

  async #run(key: string): Promise<void> {
    this.#running.add(key);
    try {
      const againInMs = await this.#options.work(key);
      this.#failures.delete(key);
      if (againInMs !== undefined) {
        this.addLater(key, againInMs);
      }
    } catch (error) {
      this.#retry(key, error);
    } finally {
      this.#running.delete(key);
      this.#schedule();
    }
  }

  #retry(key: string, error: unknown): void {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    const delay = backoffDelay(this.#options.backoff, failures);
    this.#options.onFailure(key, error, delay);
    this.addLater(key, delay);
  }

  #cancelTimer(key: string): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
  }
}
