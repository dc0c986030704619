import { setTimeout as sleep } from "node:timers/promises";

const INTERVAL_MS = 50;

/** What was waited for has not come true in time. */
export class TimeoutError extends Error {
  override name = "TimeoutError";
}

/**
 * Polls `check` until it returns true.
 *
 * @param what what is waited for, as it reads in the error: "not within 60 s: <what>"
 * @param check an exception of it counts as "not yet" and shows up in the error
 * @throws TimeoutError when `timeoutMs` have passed, or with the signal's reason when that is aborted
 */
export async function until(
  what: string,
  timeoutMs: number,
  check: () => Promise<boolean>,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  while (Date.now() < deadline) {
    signal?.throwIfAborted();
    try {
      if (await check()) return;
    } catch (error) {
      last = error;
    }
    await sleep(INTERVAL_MS);
  }
  throw new TimeoutError(`not within ${timeoutMs / 1000} s: ${what}`, { cause: last });
}
