import { describe, expect, it } from "vitest";
import { pepr } from "../../package.json";

/** Node.js makes 1 ms of a longer timer: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Added by Pepr's client, which makes a timer of what Pepr reads. */
const JITTER_MS = 1000;
const DAY_SECONDS = 24 * 60 * 60;

describe("Pepr's own watch", () => {
  it.each(["PEPR_LAST_SEEN_LIMIT_SECONDS", "PEPR_RELIST_INTERVAL_SECONDS"] as const)(
    "is left alone for weeks: %s",
    name => {
      const seconds = Number(pepr.env[name]);
      expect(seconds).toBeGreaterThan(14 * DAY_SECONDS);
      expect(seconds * 1000 + JITTER_MS).toBeLessThan(LONGEST_TIMER_MS);
    },
  );
});
