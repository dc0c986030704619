import { isDeepStrictEqual } from "node:util";
import type { Log } from "pepr";
import { announceService, type Announcement } from "../domain/announce";
import { isLame, standbyOf, type Situation } from "../domain/situation";
import { Groups } from "../domain/groups";
import { splitServiceKey, type ServiceKey } from "../domain/kubernetes";
import {
  serviceState,
  timed,
  type Phase,
  type Problem,
  type ServiceState,
  type TimedState,
} from "../domain/service-state";
import type { EventRecorder } from "./event-recorder";
import type { ServiceMetrics } from "./service-metrics";
import type { Transitions } from "./transitions";

interface Parts {
  readonly events: EventRecorder;
  readonly metrics: ServiceMetrics;
  readonly transitions: Transitions;
  readonly log: typeof Log;
  /** Told of the CriticalServices whose Services have changed. */
  readonly onChange: (criticalServices: readonly string[]) => void;
}

/** What else is known of a Service that was just put right, or not. */
interface Report {
  readonly warnings: readonly string[];
  readonly problem: Problem | undefined;
  /** When the operator learned of what is new, in milliseconds of `performance.now()`. */
  readonly since: number;
  /** What it was put right from. */
  readonly before: Situation;
}

interface Known {
  readonly state: TimedState;
  readonly namedBy: readonly string[];
}

/** Keeps what is told of each critical Service, and tells what changes: in the log and as Events. */
export class ServiceStates {
  readonly #parts: Parts;
  readonly #known = new Map<ServiceKey, Known>();
  readonly #byCriticalService = new Groups<ServiceKey>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Notes how a Service fares. */
  report(key: ServiceKey, situation: Situation, report: Report): void {
    if (isPassing(situation)) {
      return;
    }
    const state = serviceState(situation, report.warnings, report.problem);
    if (state?.phase === "Active" && !this.#known.has(key)) {
      // Its fallback may answer before it is known to start, and that would be told as nothing new.
      this.#note(key, report.before, serviceState(report.before, []), report.since);
    }
    this.#note(key, situation, state, report.since);
  }

  #note(
    key: ServiceKey,
    situation: Situation,
    state: ServiceState | undefined,
    since: number,
  ): void {
    const before = this.#known.get(key);
    const namedBy = state ? (situation.protectedBy ?? []).map(({ name }) => name) : [];
    if (!isSame(before, state, namedBy)) {
      const now = state && { state: timed(before?.state, state, new Date()), namedBy };
      this.#change(key, situation, before, now);
      this.#measure(key, situation, before, since);
    }
  }

  #change(key: ServiceKey, situation: Situation, before?: Known, now?: Known): void {
    this.#keep(key, before, now);
    if (now) {
      this.#tell(key, situation, announceService(before?.state, now.state));
    }
    const criticalServices = [...new Set([...(before?.namedBy ?? []), ...(now?.namedBy ?? [])])];
    this.#parts.onChange(criticalServices);
    this.#tellListeners(key, before?.state, now?.state, criticalServices);
  }

  #keep(key: ServiceKey, before?: Known, now?: Known): void {
    before?.namedBy.forEach(name => {
      this.#byCriticalService.remove(name, key);
    });
    now?.namedBy.forEach(name => {
      this.#byCriticalService.add(name, key);
    });
    if (now) {
      this.#known.set(key, now);
    } else {
      this.#known.delete(key);
    }
  }

  /** The Services that a CriticalService names, and how each fares. */
  namedBy(criticalService: string): [ServiceKey, TimedState][] {
    return this.#byCriticalService.of(criticalService).flatMap(key => {
      const state = this.#known.get(key)?.state;
      return state ? [[key, state] as [ServiceKey, TimedState]] : [];
    });
  }

  #measure(key: ServiceKey, situation: Situation, known: Known | undefined, since: number): void {
    const before = known?.state.phase;
    const now = this.#known.get(key)?.state.phase;
    if (before !== now) {
      const standby = standbyOf(situation);
      this.#parts.metrics.changed(key, { before, now, standby, since });
    }
  }

  #tellListeners(
    key: ServiceKey,
    before: ServiceState | undefined,
    now: ServiceState | undefined,
    criticalServices: readonly string[],
  ): void {
    const [from, to] = [before?.phase, now?.phase];
    if (isTransition(from, to)) {
      const message = now?.message ?? "is no longer looked after";
      const at = new Date();
      const service = splitServiceKey(key);
      this.#parts.transitions.tell({ service, from, to, message, criticalServices, at });
    }
  }

  #tell(key: ServiceKey, { service }: Situation, announcements: Announcement[]): void {
    const { namespace, name } = splitServiceKey(key);
    const uid = service?.uid ?? "";
    for (const announcement of announcements) {
      this.#parts.events.record(
        { apiVersion: "v1", kind: "Service", namespace, name, uid },
        announcement,
      );
      const text = `Service ${name} from Namespace ${namespace}: ${announcement.message}`;
      const fields = { service: { namespace, name }, reason: announcement.reason };
      if (announcement.reason === "FallbackWarning") {
        this.#parts.log.warn(fields, text);
      } else if (announcement.reason === "FallbackActive") {
        this.#parts.log.info(fields, text);
      }
    }
  }
}

/** Whether a Service has changed, or needs somebody at the first look. */
function isTransition(from: Phase | undefined, to: Phase | undefined): boolean {
  return from ? from !== to : to === "Waiting" || to === "Starting" || to === "Blocked";
}

/** Whether too little is known at the moment, as in the first moments of the operator. */
function isPassing(situation: Situation): boolean {
  const { service, protectedBy } = situation;
  return (
    service !== undefined && (!protectedBy || (isLame(situation) === undefined && !service.skipped))
  );
}

function isSame(
  before: Known | undefined,
  now: ServiceState | undefined,
  namedBy: readonly string[],
): boolean {
  if (!before || !now) {
    return before === now;
  }
  const { phase, message, warnings } = before.state;
  return isDeepStrictEqual(
    { phase, message, warnings, namedBy: before.namedBy },
    { phase: now.phase, message: now.message, warnings: now.warnings, namedBy },
  );
}
