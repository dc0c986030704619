import { ApiError } from "../cluster/api";
import { oneLine } from "../domain/message";
import type { Problem } from "../domain/service-state";

/** Characters of a message in a status, an Event, the log. */
const MAX_MESSAGE = 1500;

/** Something in the cluster is in the way, which people can put right; the message says how. */
export class Obstacle extends Error {
  override name = "Obstacle";
}

/** What is told of an error. */
export function problemOf(error: unknown): Problem {
  const message = oneLine(error instanceof Error ? error.message : String(error), MAX_MESSAGE);
  const lasting = error instanceof Obstacle || (error instanceof ApiError && error.isRefusal);
  return { message, lasting };
}
