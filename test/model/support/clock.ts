/** Something to be done at a time, in milliseconds. */
interface Timer {
  readonly at: number;
  act: (() => void) | undefined;
}

/** A clock that stands still unless it is moved, from one timer to the next. */
export class Clock {
  /** The latest first. */
  readonly #timers: Timer[] = [];
  #done = 0;

  /**
   * @param now milliseconds since 1970
   * @param limit how often {@link next} may be called
   */
  constructor(
    public now: number,
    private readonly limit: number,
  ) {}

  get done(): number {
    return this.#done;
  }

  /** Has something done in so many milliseconds, after all that is due by then already. */
  later(act: () => void, ms = 0): Timer {
    const timer = { at: this.now + Math.max(0, Math.trunc(ms)), act };
    let low = 0;
    for (let high = this.#timers.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((this.#timers[middle]?.at ?? 0) <= timer.at) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    this.#timers.splice(low, 0, timer);
    return timer;
  }

  /**
   * Does what is due next.
   *
   * @throws {Error} when far more was done than there can be to do: somebody does not come to rest
   */
  next(): void {
    const timer = this.#timers.pop();
    if (timer?.act) {
      this.#done += 1;
      if (this.#done > this.limit) {
        throw new Error(`more than ${this.limit} timers: somebody does not come to rest`);
      }
      this.now = timer.at;
      timer.act();
    }
  }
}

/** Has it not be done. */
export function cancel(timer: Timer | undefined): void {
  if (timer) {
    timer.act = undefined;
  }
}
