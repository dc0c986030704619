import { isDeepStrictEqual } from "node:util";
import { backoffDelay, type Backoff } from "./work-queue";

interface Deed<Wish> {
  readonly wish: Wish;
  /** How often it has been done again. */
  readonly again: number;
  /** Milliseconds since 1970, as is the next one. */
  readonly at: number;
  readonly notBefore: number;
}

/**
 * Has what is done again and again to one object wait longer each time. Something undoes it, such as
 * another operator whose watches have told it other things, and neither may go on without a pause.
 *
 * The first repetition is at once. What was left alone for twice the longest pause starts anew.
 */
export class Insistence<Wish = undefined> {
  readonly #backoff: Backoff;
  readonly #deeds = new Map<string, Deed<Wish>>();

  constructor(backoff: Backoff) {
    this.#backoff = backoff;
  }

  /**
   * Does something, unless it is too early to do the same again. What fails does not count: that it
   * is not tried again too soon is up to the caller.
   *
   * @param wish what is to come of it
   * @returns milliseconds until it may be done; undefined: it was
   */
  async attempt(key: string, wish: Wish, deed: () => Promise<void>): Promise<number | undefined> {
    const waitMs = (this.#last(key, wish)?.notBefore ?? 0) - Date.now();
    if (waitMs > 0) {
      return waitMs;
    }
    await deed();
    const last = this.#last(key, wish);
    const again = last ? last.again + 1 : 0;
    const at = Date.now();
    const delay = again === 0 ? 0 : Math.ceil(backoffDelay(this.#backoff, again));
    this.#deeds.set(key, { wish, again, at, notBefore: at + delay });
    return undefined;
  }

  /** What was wished for last; undefined if nothing was. */
  wish(key: string): Wish | undefined {
    return this.#deeds.get(key)?.wish;
  }

  /** What was done lasts, or something else is wished for by now. */
  forget(key: string): void {
    this.#deeds.delete(key);
  }

  #last(key: string, wish: Wish): Deed<Wish> | undefined {
    const deed = this.#deeds.get(key);
    const isOver = deed && Date.now() - deed.at > 2 * this.#backoff.maxMs;
    return deed && !isOver && isDeepStrictEqual(deed.wish, wish) ? deed : undefined;
  }
}
