import type { Log } from "pepr";
import { ApiError } from "./cluster/api";
import { splitServiceKey, type ServiceKey } from "./domain/kubernetes";
import { Obstacle } from "./obstacle";

/** Tells what keeps a Service from its fallback: once when it turns up, not at each retry. */
export class ProblemLog {
  readonly #log: typeof Log;
  readonly #told = new Map<ServiceKey, string>();

  constructor(log: typeof Log) {
    this.#log = log;
  }

  /**
   * Logs a failure. What people can put right is a warning, the rest an error.
   *
   * @param retryMs milliseconds until the next try
   */
  report(key: ServiceKey, error: unknown, retryMs: number): void {
    const message = error instanceof Error ? error.message : String(error);
    const fields = { service: splitServiceKey(key), retryMs: Math.round(retryMs) };
    if (this.#told.get(key) === message) {
      this.#log.debug(fields, `Still: ${message}`);
    } else if (error instanceof Obstacle || (error instanceof ApiError && error.isRefusal)) {
      this.#log.warn(fields, message);
    } else {
      this.#log.error({ ...fields, err: error }, message);
    }
    this.#told.set(key, message);
  }

  /** The problem is over. */
  clear(key: ServiceKey): void {
    this.#told.delete(key);
  }
}
