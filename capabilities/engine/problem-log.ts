import type { Log } from "pepr";
import { splitServiceKey, type ServiceKey } from "../domain/kubernetes";
import { problemOf } from "./obstacle";

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
    const service = splitServiceKey(key);
    const { message, lasting } = problemOf(error);
    const text = `Service ${service.name} from Namespace ${service.namespace}: ${message}`;
    const fields = { service, retryMs: Math.round(retryMs) };
    if (this.#told.get(key) === message) {
      this.#log.debug(fields, `Still: ${text}`);
    } else if (lasting) {
      this.#log.warn(fields, text);
    } else {
      this.#log.error({ ...fields, err: error }, text);
    }
    this.#told.set(key, message);
  }

  /** Those that have a problem now. */
  get services(): ServiceKey[] {
    return [...this.#told.keys()];
  }

  /** The problem is over. */
  clear(key: ServiceKey): void {
    this.#told.delete(key);
  }
}
