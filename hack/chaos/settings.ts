import type { Limits } from "./checker";

/** Seconds between two lists by which the operator finds what its watches missed. */
const RELIST_SECONDS = 10;
/** The operator gives a request up that has got no answer for so long: a list, perhaps. */
const REQUEST_MS = 15_000;

/** Settings of an operator in a campaign. */
export const ENVIRONMENT = { RELIST_SECONDS: String(RELIST_SECONDS) };

/** Milliseconds within which the invariants have to hold once things are quiet and the operator watches. */
export const LIMIT_MS = RELIST_SECONDS * 1000 + REQUEST_MS;

export const LIMITS: Limits = {
  staleMs: 3000,
  retries: { count: 20, windowMs: 5000 },
  // kubernetes-fluent-client connects again at once when a watch breaks off.
  watches: { count: 100, windowMs: 5000 },
};
