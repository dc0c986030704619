import { ApiError } from "../cluster/api";
import type { Problem } from "../domain/service-state";

/** Something in the cluster is in the way, which people can put right; the message says how. */
export class Obstacle extends Error {
  override name = "Obstacle";
}

/** What is told of an error. */
export function problemOf(error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error);
  const lasting = error instanceof Obstacle || (error instanceof ApiError && error.isRefusal);
  return { message, lasting };
}
