import type { Breach } from "./snapshot";

/** A request that failed: it was refused, broke off, or got no answer. */
export interface FailedRequest {
  /** Milliseconds on any clock. */
  readonly at: number;
  /** Who sent it. */
  readonly client: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
}

/** So many times at most may the same request fail in so long a time. */
export interface RetryLimit {
  readonly count: number;
  readonly windowMs: number;
}

/** Nothing is tried again without a pause: no request fails more often than the backoff allows. */
export function hastyRetries(failed: readonly FailedRequest[], limit: RetryLimit): Breach[] {
  const bySubject = new Map<string, number[]>();
  for (const { client, method, path, at } of failed) {
    const subject = `${client}: ${method} ${path}`;
    bySubject.set(subject, [...(bySubject.get(subject) ?? []), at]);
  }
  return [...bySubject].flatMap(([subject, times]) => {
    const most = mostWithin(times, limit.windowMs);
    return most > limit.count
      ? [{ subject, what: `failed ${most} times within ${limit.windowMs} ms` }]
      : [];
  });
}

/** The most of `times`, which ascend, that lie within `windowMs` of each other. */
export function mostWithin(times: readonly number[], windowMs: number): number {
  let first = 0;
  let most = 0;
  times.forEach((time, index) => {
    while (time - (times[first] ?? time) > windowMs) {
      first++;
    }
    most = Math.max(most, index - first + 1);
  });
  return most;
}
