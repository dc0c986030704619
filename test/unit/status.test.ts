import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { announceStatus } from "../../capabilities/domain/announce";
import type { Phase, TimedState } from "../../capabilities/domain/service-state";
import {
  criticalServiceStatus,
  MAX_LISTED,
  saysTheSame,
  statusOf,
  timestamp,
} from "../../capabilities/domain/status";
import { aState as state } from "./build";

const START = new Date("2026-01-01T10:00:00Z");
const SOON = new Date("2026-01-01T10:00:02Z");
const LATER = new Date("2026-01-01T10:00:35Z");

describe("statusOf", () => {
  it("counts, lists those in trouble first, and says what is amiss", () => {
    const status = of([
      ["shop/a", state("Healthy")],
      ["shop/b", state("Active")],
      ["shop/c", state("Blocked", { message: "no such PodTemplate" })],
      ["shop/d", state("Waiting")],
      ["shop/e", state("Releasing")],
      ["shop/f", state("Healthy", { warnings: ["port 53"] })],
      ["shop/g", state("Starting")],
    ]);
    expect(status).toMatchObject({ matched: 7, lame: 4, active: 2, observedGeneration: 7 });
    expect(status.services?.map(({ name }) => name).join("")).toBe("cgdbefa");
    expect(verdicts(status)).toEqual(["Ready=False", "FallbackActive=True", "Degraded=True"]);
    const degraded = status.conditions?.[2];
    expect(degraded?.message).toBe("shop/c: no such PodTemplate");
  });

  it("names a few Services in a message, which the API server takes", () => {
    const message = "x".repeat(20_000);
    const active = ["d", "b", "c", "a", "e"].map((name): [string, TimedState] => [
      `shop/${name}`,
      state("Active", { message: name === "a" ? "no Pod" : name }),
    ]);
    const messageOf = (services: [string, TimedState][]) => of(services).conditions?.[1]?.message;
    expect(messageOf(active)).toBe("shop/a: no Pod; shop/b: b; shop/c: c; and 2 more");
    const long = active.map(([key, one]): [string, TimedState] => [key, { ...one, message }]);
    expect(messageOf(long)).toHaveLength(32_768);
  });

  it.each<[string, [string, TimedState][], string[]]>([
    ["no Service", [], ["Ready=True", "FallbackActive=False", "Degraded=False"]],
    [
      "a warning",
      [["shop/a", state("Healthy", { warnings: ["port 53"] })]],
      ["Ready=True", "FallbackActive=False", "Degraded=True"],
    ],
    [
      "a fallback on its way",
      [["shop/a", state("Starting")]],
      ["Ready=True", "FallbackActive=False", "Degraded=False"],
    ],
  ])("%s", (_, services, expected) => {
    expect(verdicts(of(services))).toEqual(expected);
  });

  it("tells of a fallback that starts rather than of one that is waited for", () => {
    const status = of([
      ["shop/a", state("Waiting")],
      ["shop/b", state("Starting")],
    ]);
    expect(status.conditions?.[1]).toMatchObject({
      reason: "Starting",
      message: "shop/b: Starting",
    });
  });

  it("is not Ready with a spec that can't be read", () => {
    const status = statusOf({ ...INPUT, problems: ["spec.matchLabels is missing"], services: [] });
    expect(status.conditions?.[0]).toMatchObject({
      status: "False",
      reason: "InvalidSpec",
      message: "spec.matchLabels is missing",
    });
  });

  it("keeps the time of what has not changed, and of what another operator wrote", () => {
    const first = of([["shop/a", state("Active", { since: START })]]);
    const second = statusOf({
      ...INPUT,
      now: LATER,
      previous: first,
      services: [["shop/a", state("Active", { since: new Date(START.getTime() + 900) })]],
    });
    expect(second).toEqual(first);
  });

  it.each<[string, string, TimedState]>([
    ["a phase that came back", "shop/a", state("Active", { since: LATER })],
    ["another phase", "shop/a", state("Releasing", { since: SOON })],
    ["a Service of that name elsewhere", "cart/a", state("Active", { since: SOON })],
  ])("gives %s its own time", (_, key, now) => {
    const first = of([["shop/a", state("Active", { since: START })]]);
    const second = statusOf({ ...INPUT, previous: first, services: [[key, now]] });
    expect(second.services?.[0]?.since).toBe(timestamp(now.since ?? START));
  });

  it("gives a condition the time when its status changed", () => {
    const first = of([["shop/a", state("Healthy")]]);
    const second = statusOf({
      ...{ ...INPUT, previous: first, now: LATER },
      services: [["shop/a", state("Active")]],
    });
    const times = second.conditions?.map(({ lastTransitionTime }) => lastTransitionTime);
    expect(times).toEqual([START, LATER, START].map(timestamp));
  });

  it("lists a limited number, fits its own schema, and settles at once, whatever there is", () => {
    const phase = fc.constantFrom<Phase>("Healthy", "Starting", "Active", "Blocked");
    const services = fc.uniqueArray(fc.tuple(fc.nat(500), phase), { selector: ([n]) => n });
    fc.assert(
      fc.property(services, list => {
        const input = list.map(([n, p]): [string, TimedState] => [`ns-${n % 5}/s${n}`, state(p)]);
        const status = of(input);
        expect(criticalServiceStatus.parse(status)).toEqual(status);
        expect(status.services?.length).toBe(Math.min(list.length, MAX_LISTED));
        expect(status.matched).toBe(list.length);
        const again = statusOf({ ...INPUT, services: input, previous: status, now: LATER });
        expect(again).toEqual(status);
        expect(announceStatus(status, again)).toEqual([]);
      }),
    );
  });
});

describe("saysTheSame", () => {
  const later = (services: Parameters<typeof statusOf>[0]["services"]) =>
    statusOf({ ...INPUT, services, now: new Date(INPUT.now.getTime() + 60_000) });

  it("passes over times, which two operators note differently, and nothing else", () => {
    const status = statusOf({ ...INPUT, services: [] });
    expect(later([])).not.toEqual(status);
    expect(saysTheSame(status, later([]))).toBe(true);
    expect(saysTheSame(status, { ...status, matched: 7 })).toBe(false);
    expect(saysTheSame(status, undefined)).toBe(false);
  });
});

const INPUT = { generation: 7, problems: [], previous: undefined, now: START };

function of(services: [string, TimedState][]) {
  return statusOf({ ...INPUT, services });
}

function verdicts(status: ReturnType<typeof statusOf>): string[] {
  return (status.conditions ?? []).map(({ type, status }) => `${type}=${status}`);
}
