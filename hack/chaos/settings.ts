import type { Limits } from "./checker";

/** Seconds between two lists of a watch, by which it finds what it missed. */
const RELIST_SECONDS = 15;
/** Seconds without an event after which a watch is made anew. */
const LAST_SEEN_SECONDS = 15;
/** The client adds up to a second to its intervals; then there is the operator's own backoff. */
const SLACK_MS = 5000;

/** Pepr's settings for the watches of an operator in a campaign. */
export const ENVIRONMENT = {
  PEPR_RELIST_INTERVAL_SECONDS: String(RELIST_SECONDS),
  PEPR_LAST_SEEN_LIMIT_SECONDS: String(LAST_SEEN_SECONDS),
  PEPR_RESYNC_DELAY_SECONDS: "1",
};

/** Milliseconds within which the invariants have to hold once things are quiet. */
export const LIMIT_MS = RELIST_SECONDS * 1000 + SLACK_MS;

export const LIMITS: Limits = { staleMs: 3000, retries: { count: 20, windowMs: 5000 } };
