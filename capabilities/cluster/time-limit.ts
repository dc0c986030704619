import type { ClientRequest } from "node:http";

/**
 * Ends a call that takes too long. An AbortSignal would do the same, but a failover would wait for it:
 * to make and heed one takes a fifth of the time in which a call is sent.
 */
export class TimeLimit {
  /** Why the call was ended, if it was. */
  error: Error | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ms: number | undefined;
  #call: ClientRequest | undefined;

  /** @param ms milliseconds that it may take */
  constructor(ms: number) {
    this.allow(ms);
  }

  /** Allows it so many milliseconds from now on. */
  allow(ms: number): void {
    if (ms === this.#ms) {
      this.#timer?.refresh();
      return;
    }
    this.end();
    this.#ms = ms;
    this.#timer = setTimeout(() => {
      this.error = new Error(`no answer within ${ms / 1000} s`);
      this.#call?.destroy(this.error);
    }, ms);
  }

  /** From now on it ends this call, at once if its time is over. */
  holdsFor(call: ClientRequest): void {
    this.#call = call;
    if (this.error) {
      call.destroy(this.error);
    }
  }

  /** It holds no longer. */
  end(): void {
    clearTimeout(this.#timer);
  }
}
