import type { Sample } from "../poller";

/** Requests that failed. */
export interface Gap {
  /**
   * Milliseconds from the first to the last of them. Each stands for the time until the next one is
   * sent, so a single one makes a gap of that length.
   */
  readonly spanMs: number;
  readonly failed: number;
}

/** What the client saw when the real Pod went, and when one came back. */
export interface Measured {
  readonly loss: Gap;
  readonly return: Gap;
  /** Milliseconds that the slowest answered request took. */
  readonly slowestMs: number;
}

/**
 * Measures what failed before and after `turn`.
 *
 * @param samples in the order in which they were sent
 * @param turn milliseconds since the epoch at which the fallback alone answered
 * @param everyMs milliseconds from one request to the next
 */
export function measure(samples: readonly Sample[], turn: number, everyMs: number): Measured {
  const answered = samples.filter(({ error }) => error === undefined);
  return {
    loss: gap(
      samples.filter(({ at }) => at < turn),
      everyMs,
    ),
    return: gap(
      samples.filter(({ at }) => at >= turn),
      everyMs,
    ),
    slowestMs: answered.reduce((slowest, { tookMs }) => Math.max(slowest, tookMs), 0),
  };
}

function gap(samples: readonly Sample[], everyMs: number): Gap {
  const failures = samples.filter(({ error }) => error !== undefined);
  const [first] = failures;
  const last = failures.at(-1);
  const spanMs = first && last ? last.at - first.at + everyMs : 0;
  return { spanMs, failed: failures.length };
}
