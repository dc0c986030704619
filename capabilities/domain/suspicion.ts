import type { News } from "./followed";

/** What the lists say of a watch. */
export interface Finding {
  /** It has told of nothing for so long, though there is something to tell, that it must be dead. */
  readonly dead: boolean;
  /** Milliseconds until the next list. */
  readonly nextMs: number;
}

/** How many times as often there are lists while they know more than the watch has told. */
const HASTE = 10;
const SHORTEST_MS = 1000;

/**
 * Tells a watch that is dead from one that is merely late: the latter goes on telling of something.
 *
 * While a watch does not tell, what takes several steps needs as many lists. So they follow each
 * other sooner then.
 */
export class Suspicion {
  /** When the watch was last above suspicion. */
  #since = 0;
  readonly #intervalMs: number;

  /** @param intervalMs between two lists; a watch that has not told by then is dead */
  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** A list failed: what keeps lists away keeps a watch from telling, too. @param now as for note */
  listFailed(now: number): void {
    this.#since = now;
  }

  /** Takes note of what a list brought. @param now in milliseconds on any clock */
  note({ seen, gone, untold, silent }: News<unknown>, now: number): Finding {
    if (untold === 0 || !silent) {
      this.#since = now;
    }
    const isBehind = seen.length + gone.length + untold > 0;
    const soonMs = Math.max(SHORTEST_MS, this.#intervalMs / HASTE);
    return {
      dead: now - this.#since >= this.#intervalMs,
      nextMs: isBehind ? Math.min(soonMs, this.#intervalMs) : this.#intervalMs,
    };
  }
}
