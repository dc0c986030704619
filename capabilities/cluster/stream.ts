import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { finished } from "node:stream/promises";
import { ApiError, refusal, TIMEOUT_MS, unanswered } from "./api";
import { headOf, open, tooSlow, type ApiRequest } from "./transport";

/** A watch tells of something once a minute: of a bookmark, if of nothing else. */
const SILENCE_MS = 180_000;

/**
 * Asks the API server for a stream of objects, one in each line, until it ends it.
 *
 * @param what what it does, for the error: "watching the Services"
 * @param tell told of each object
 * @param signal ends it
 * @throws {ApiError} if it is refused, breaks off, is ended by the signal, does not begin within 15 s,
 *   or is silent for 3 min; or if `tell` throws
 */
export async function streamApi(
  what: string,
  request: ApiRequest,
  tell: (object: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  const watchdog = new Watchdog();
  try {
    watchdog.allow(TIMEOUT_MS);
    const response = await open(request, AbortSignal.any([watchdog.signal, signal]));
    if (response.statusCode !== 200) {
      const body = await text(response);
      throw refusal(what, { ...headOf(response), body });
    }
    watchdog.allow(SILENCE_MS);
    await eachLine(response, line => {
      watchdog.allow(SILENCE_MS);
      tell(JSON.parse(line));
    });
  } catch (error) {
    throw error instanceof ApiError ? error : unanswered(what, watchdog.error ?? error);
  } finally {
    watchdog.end();
  }
}

/** Aborts what takes too long. */
class Watchdog {
  /** Why it was ended, if it took too long. */
  error: Error | undefined;
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #allowedMs = 0;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Allows it so much time from now on, in milliseconds. */
  allow(ms: number): void {
    if (ms === this.#allowedMs) {
      this.#timer?.refresh();
      return;
    }
    clearTimeout(this.#timer);
    this.#allowedMs = ms;
    this.#timer = setTimeout(() => {
      this.error = tooSlow(ms);
      this.#controller.abort();
    }, ms);
  }

  /** Lets go of what it watches, whether that has ended or not. */
  end(): void {
    clearTimeout(this.#timer);
    this.#controller.abort();
  }
}

/**
 * Reads a text line by line, to its end. As an async iterable it would take twice as long until a line
 * is known, and a failover waits for that.
 */
async function eachLine(response: IncomingMessage, tell: (line: string) => void): Promise<void> {
  let rest = "";
  response.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    try {
      lines.forEach(tell);
    } catch (error) {
      response.destroy(error as Error);
    }
  });
  await finished(response);
}
