import type { Standby } from "../domain/critical-service";
import { splitServiceKey, type ServiceKey } from "../domain/kubernetes";
import { MAX_SERVICES_SHOWN, METRICS } from "../domain/metrics";
import { PHASES, type Phase } from "../domain/service-state";
import { secondsSince, type Metrics, type Reading } from "./metrics";

/** The phases without an answer come first. */
const LAME: readonly Phase[] = ["Blocked", "Starting", "Waiting", "Active"];

/** A lame Service: since when, in milliseconds of `performance.now()`. */
interface Lame {
  readonly since: number;
  /** When its clients last had an answer. */
  readonly unansweredSince: number;
}

/** A change of a critical Service's phase. */
export interface PhaseChange {
  /** Undefined: no CriticalService named it, or the operator has just started. */
  readonly before: Phase | undefined;
  /** Undefined: it is gone, or no CriticalService names it any more. */
  readonly now: Phase | undefined;
  readonly standby: Standby;
  /** When the operator learned of what led to the change, in milliseconds of `performance.now()`. */
  readonly since: number;
}

/** How the critical Services fare. */
export class ServiceMetrics {
  readonly #phases = new Map<Phase, Set<ServiceKey>>(PHASES.map(phase => [phase, new Set()]));
  readonly #lame = new Map<ServiceKey, Lame>();
  readonly #timeToFallback;

  constructor(metrics: Metrics) {
    this.#timeToFallback = metrics.histogram(METRICS.timeToFallback);
    for (const standby of ["Cold", "Warm"]) {
      this.#timeToFallback.zero({ standby });
    }
    metrics.gauge(METRICS.services, () =>
      [...this.#phases].map(([phase, services]) => [services.size, { phase }] as const),
    );
    metrics.gauge(METRICS.lameSeconds, () => this.#longest());
  }

  /** Takes note of a change, in a time that does not depend on how many Services there are. */
  changed(key: ServiceKey, { before, now, standby, since }: PhaseChange): void {
    this.#of(before)?.delete(key);
    this.#of(now)?.add(key);
    if (!now || !LAME.includes(now)) {
      this.#lame.delete(key);
      return;
    }
    const known = this.#lame.get(key) ?? { since, unansweredSince: since };
    const unansweredSince = before === "Active" ? since : known.unansweredSince;
    this.#lame.set(key, { since: known.since, unansweredSince });
    // A fallback that answered when the operator first looked may have done so for long.
    if (now === "Active" && before) {
      this.#timeToFallback.observe({ standby }, secondsSince(unansweredSince));
    }
  }

  #of(phase: Phase | undefined): Set<ServiceKey> | undefined {
    return phase && this.#phases.get(phase);
  }

  /** A set is in the order in which its members came, so the first of a phase are in it the longest. */
  *#longest(): Iterable<Reading<"namespace" | "service" | "phase">> {
    let left = MAX_SERVICES_SHOWN;
    for (const phase of LAME) {
      for (const key of this.#of(phase) ?? []) {
        if (left-- === 0) {
          return;
        }
        const { namespace, name } = splitServiceKey(key);
        yield [secondsSince(this.#lame.get(key)?.since ?? 0), { namespace, service: name, phase }];
      }
    }
  }
}
