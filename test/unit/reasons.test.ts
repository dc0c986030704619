import { describe, expect, it } from "vitest";
import { announceService, announceStatus } from "../../capabilities/domain/announce";
import {
  CONDITIONS,
  CRITICAL_SERVICE_EVENTS,
  SERVICE_EVENTS,
} from "../../capabilities/domain/reasons";
import { PHASES, type TimedState } from "../../capabilities/domain/service-state";
import { statusOf } from "../../capabilities/domain/status";

/** All phases, with and without a warning. */
const STATES: TimedState[] = PHASES.flatMap(phase =>
  [[], ["a port is left out"]].map(warnings => ({
    ...{ phase, warnings, since: undefined },
    message: phase,
  })),
);

/** The statuses of a CriticalService that names one Service, none, or can't be read. */
const STATUSES = [
  ...STATES.map(state => status([["shop/web", state]])),
  status([]),
  status([], ["spec.matchLabels is missing"]),
];

describe("the tables of reasons name what is told, all of it and nothing else", () => {
  it("conditions", () => {
    const told = STATUSES.flatMap(({ conditions = [] }) =>
      conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`),
    );
    const listed = Object.entries(CONDITIONS).flatMap(([type, reasons]) =>
      Object.entries(reasons).map(([reason, [status]]) => `${type}=${status} ${reason}`),
    );
    expect(distinct(told)).toEqual(distinct(listed));
  });

  it("Events of a Service", () => {
    const told = pairs([undefined, ...STATES], STATES).flatMap(([a, b]) => announceService(a, b));
    expect(distinct(told.map(nameOf))).toEqual(distinct(listedIn(SERVICE_EVENTS)));
  });

  it("Events of a CriticalService", () => {
    const told = pairs([undefined, ...STATUSES], STATUSES).flatMap(([a, b]) =>
      announceStatus(a, b),
    );
    expect(distinct(told.map(nameOf))).toEqual(distinct(listedIn(CRITICAL_SERVICE_EVENTS)));
  });
});

function status(services: [string, TimedState][], problems: string[] = []) {
  return statusOf({ generation: 1, problems, services, previous: undefined, now: new Date(0) });
}

function pairs<A, B>(first: readonly A[], second: readonly B[]): [A, B][] {
  return first.flatMap(a => second.map((b): [A, B] => [a, b]));
}

function nameOf({ type, reason }: { type: string; reason: string }): string {
  return `${type} ${reason}`;
}

function listedIn(events: Readonly<Record<string, readonly [string, string]>>): string[] {
  return Object.entries(events).map(([reason, [type]]) => nameOf({ type, reason }));
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
