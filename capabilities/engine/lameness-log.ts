import type { Log } from "pepr";
import { isLame, type Situation } from "../domain/situation";
import { splitServiceKey, type ServiceKey } from "../domain/kubernetes";
import { whyLame } from "../domain/service-state";

/** Tells when a Service turns lame and when it is well again, in the original's words. */
export class LamenessLog {
  readonly #log: typeof Log;
  readonly #lame = new Set<ServiceKey>();

  constructor(log: typeof Log) {
    this.#log = log;
  }

  /** How many Services are lame. */
  get count(): number {
    return this.#lame.size;
  }

  /** Logs a line if the Service changed between lame and well since the last call. */
  report(key: ServiceKey, situation: Situation): void {
    const lame = isLame(situation);
    if (lame && !this.#lame.has(key)) {
      this.#lame.add(key);
      this.#warn(key, whyLame(situation.endpoints.selected));
    }
    if (!lame && this.#lame.delete(key) && lame !== undefined) {
      this.#warn(key, `now has ${situation.endpoints.ready} selected POD(s)`);
    }
  }

  #warn(key: ServiceKey, what: string): void {
    const service = splitServiceKey(key);
    // To write a line takes a tenth of the way to a fallback Pod: first things first.
    setImmediate(() => {
      this.#log.warn(
        { service },
        `Service ${service.name} from Namespace ${service.namespace} ${what}`,
      );
    });
  }
}
