import type { Sent } from "./requests";

/** The least that the backoff of a Service waits. */
const LEAST_BACKOFF_MS = 250;
/** A turn may have begun so long before its last call: each of those before it takes 15 s at most. */
const TURN_MS = 40_000;

/**
 * Calls that the same process repeated sooner than the backoff allows after they failed.
 *
 * @param toldAt when watches told it something: an event is a reason to try again at once
 */
export function hastyCalls(sent: readonly Sent[], toldAt: readonly number[]): string[] {
  const last = new Map<string, Sent>();
  const hasty: string[] = [];
  // Several Services read one PodTemplate, each with a backoff of its own.
  for (const one of sent.filter(({ what }) => !what.startsWith("get "))) {
    const before = last.get(one.what);
    last.set(one.what, one);
    if (before?.outcome !== "failed" && before?.outcome !== "refused") {
      continue;
    }
    const from = before.at - TURN_MS;
    const isTold = toldAt.some(at => at >= from && at <= one.at);
    if (!isTold && one.at - (before.endedAt ?? before.at) < LEAST_BACKOFF_MS) {
      hasty.push(`${one.what} is tried again ${one.at - before.at} ms after it failed`);
    }
  }
  return hasty;
}
