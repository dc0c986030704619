import type { Request } from "./audit";

/** How many requests of each kind. */
export type Requests = Record<string, number>;

/** Counts them; a watch counts once, though the audit log tells of its begin and of its end. */
export function count(requests: readonly Pick<Request, "id" | "what">[]): Requests {
  const counts: Requests = {};
  for (const { what } of new Map(requests.map(request => [request.id, request])).values()) {
    counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
}

/** Of both together. */
export function sum(some: Requests, others: Requests): Requests {
  const all = { ...some };
  for (const [what, number] of Object.entries(others)) all[what] = (all[what] ?? 0) + number;
  return all;
}

export function total(requests: Requests): number {
  return Object.values(requests).reduce((sum, number) => sum + number, 0);
}

/** When the API server got the first request of a kind; undefined if there was none. */
export function firstOf(
  requests: readonly Pick<Request, "what" | "receivedAt">[],
  kind: string,
): number | undefined {
  const times = requests.filter(({ what }) => what === kind).map(({ receivedAt }) => receivedAt);
  return times.length === 0 ? undefined : Math.min(...times);
}

/**
 * When the last request before the first pause of more than `pauseMs` was done; undefined if there
 * was none.
 */
export function endOfBurst(
  requests: readonly Pick<Request, "doneAt">[],
  pauseMs: number,
): number | undefined {
  const times = requests.map(({ doneAt }) => doneAt).sort((a, b) => a - b);
  const pause = times.findIndex((time, index) => time - (times[index - 1] ?? time) > pauseMs);
  return times[(pause < 0 ? times.length : pause) - 1];
}
