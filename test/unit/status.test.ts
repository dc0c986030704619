import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { announceService, announceStatus } from "../../capabilities/domain/announce";
import type { Situation } from "../../capabilities/domain/situation";
import {
  serviceState,
  timed,
  type Phase,
  type TimedState,
} from "../../capabilities/domain/service-state";
import {
  criticalServiceStatus,
  MAX_LISTED,
  saysTheSame,
  statusOf,
} from "../../capabilities/domain/status";

import { aPod, aProtector, aService, aSlice, aStandbyPod } from "./build";

const START = new Date("2026-01-01T10:00:00Z");
const LATER = new Date("2026-01-01T10:00:35Z");

const pod = aPod();
const standby = aStandbyPod();
const lame: Situation = {
  service: aService(),
  endpoints: { known: true, ready: 0, selected: 0, fallbacks: [] as string[] },
  protectedBy: [aProtector("Cold")],
  fallbacks: [],
  slices: [],
};
const warm: Situation = {
  ...lame,
  protectedBy: [aProtector("Warm")],
};
const ENDPOINTS = { endpoints: { known: true, ready: 2, selected: 2, fallbacks: [] as string[] } };
const well = { ...lame, ...ENDPOINTS };

describe("serviceState", () => {
  const lasting = { message: "there is no PodTemplate", lasting: true };
  it.each<[string, Situation, typeof lasting | undefined, Phase | undefined, string]>([
    ["well", well, undefined, "Healthy", "has Ready Pods of its own"],
    ["well, with a problem", well, lasting, "Healthy", "has Ready Pods of its own"],
    ["lame", lame, undefined, "Starting", "has no selected POD: its fallback Pod starts"],
    ["lame, refused", lame, lasting, "Blocked", "has no selected POD: there is no PodTemplate"],
    [
      "lame, API server away",
      lame,
      { message: "no answer", lasting: false },
      "Starting",
      "has no selected POD: no answer",
    ],
    [
      "lame, fallback Ready",
      { ...lame, fallbacks: [pod], endpoints: { ...lame.endpoints, fallbacks: ["p1"] } },
      undefined,
      "Active",
      "has no selected POD: Pod service-watcher-web answers",
    ],
    [
      "lame, fallback not Ready",
      { ...lame, fallbacks: [{ ...pod, ready: false }] },
      undefined,
      "Starting",
      "has no selected POD: its fallback Pod starts",
    ],
    [
      "lame, standby Ready but not listed",
      { ...warm, fallbacks: [standby] },
      undefined,
      "Starting",
      "has no selected POD: its fallback Pod starts",
    ],
    [
      "lame, standby listed",
      { ...warm, fallbacks: [standby], slices: [aSlice(standby, false)] },
      undefined,
      "Active",
      "has no selected POD: Pod service-watcher-web answers",
    ],
    [
      "well, standby listed",
      { ...warm, ...ENDPOINTS, fallbacks: [standby], slices: [aSlice(standby, false)] },
      undefined,
      "Healthy",
      "has Ready Pods of its own; Pod service-watcher-web stands by",
    ],
    [
      "well, standby on its way",
      { ...warm, ...ENDPOINTS },
      undefined,
      "Healthy",
      "has Ready Pods of its own; its standby Pod starts",
    ],
    ["not critical", { ...lame, protectedBy: [] }, undefined, undefined, ""],
    [
      "endpoints not known",
      { ...lame, endpoints: { known: false, ready: 0, selected: 0, fallbacks: [] } },
      undefined,
      undefined,
      "",
    ],
  ])("%s", (_, situation, problem, phase, message) => {
    const state = serviceState(situation, [], problem);
    expect(state?.phase).toBe(phase);
    expect(state?.message ?? "").toBe(message);
  });
});

it("warns of a standby that can't start while the Service is well", () => {
  const problem = { message: "no such PodTemplate", lasting: true };
  const state = serviceState({ ...warm, ...ENDPOINTS }, ["port 53"], problem);
  expect(state?.phase).toBe("Healthy");
  expect(state?.warnings).toEqual(["port 53", "nothing stands by: no such PodTemplate"]);
});

it("warns of a change that is refused while the fallback answers", () => {
  const problem = { message: "no such PodTemplate", lasting: true };
  const answering = { ...warm, fallbacks: [standby], slices: [aSlice(standby, true)] };
  const state = serviceState(answering, [], problem);
  expect(state?.phase).toBe("Active");
  expect(state?.warnings).toEqual(["a change has no effect yet: no such PodTemplate"]);
});

describe("announceService", () => {
  it.each<[string, TimedState | undefined, TimedState, string[]]>([
    ["well at the start", undefined, state("Healthy"), []],
    ["lame at the start", undefined, state("Starting"), ["ServiceLame"]],
    ["on its fallback at the start", undefined, state("Active"), []],
    ["turns lame", state("Healthy"), state("Starting"), ["ServiceLame"]],
    ["gets its fallback", state("Starting"), state("Active"), ["FallbackActive"]],
    ["has one standing by", state("Healthy"), state("Active"), ["ServiceLame", "FallbackActive"]],
    ["is well again", state("Active"), state("Healthy"), ["FallbackReleased"]],
    ["may only flap", state("Healthy"), state("Waiting"), []],
    ["did only flap", state("Waiting"), state("Healthy"), []],
    ["does not only flap", state("Waiting"), state("Starting"), ["ServiceLame"]],
    ["may be well again", state("Active"), state("Releasing"), []],
    ["is not well again", state("Releasing"), state("Active"), []],
    ["is well again for good", state("Releasing"), state("Healthy"), ["FallbackReleased"]],
    ["is refused", state("Starting"), state("Blocked"), ["FallbackRefused"]],
    [
      "is refused for another reason",
      state("Blocked", { message: "x" }),
      state("Blocked", { message: "y" }),
      ["FallbackRefused"],
    ],
    ["is refused still", state("Blocked"), state("Blocked"), []],
    [
      "gets a warning",
      state("Healthy"),
      state("Healthy", { warnings: ["no"] }),
      ["FallbackWarning"],
    ],
    ["keeps a warning", state("Active", { warnings: ["no"] }), state("Active"), []],
  ])("%s", (_, before, now, reasons) => {
    expect(announceService(before, now).map(({ reason }) => reason)).toEqual(reasons);
  });

  it("tells how long the fallback answered, while it was kept on too", () => {
    const later = (seconds: number) => new Date(START.getTime() + seconds * 1000);
    const starting = timed(undefined, state("Starting"), later(-1));
    const active = timed(starting, state("Active"), START);
    const flapping = timed(timed(active, state("Releasing"), later(5)), state("Active"), later(6));
    const releasing = timed(flapping, state("Releasing"), later(20));
    const message = "has Ready Pods of its own";
    const healthy = timed(releasing, state("Healthy", { message }), later(35));
    const [released] = announceService(releasing, healthy);
    expect(released?.message).toBe(
      "is well again after 35 s on its fallback: has Ready Pods of its own",
    );
  });
});

describe("statusOf", () => {
  it("counts, and says what is amiss", () => {
    const status = of([
      ["shop/a", state("Healthy")],
      ["shop/b", state("Active", { message: "has no selected POD" })],
      ["shop/c", state("Blocked", { message: "no such PodTemplate" })],
    ]);
    expect(status).toMatchObject({ matched: 3, lame: 2, active: 1, observedGeneration: 7 });
    expect(status.services?.map(({ name }) => name)).toEqual(["c", "b", "a"]);
    expect(verdicts(status)).toEqual(["Ready=False", "FallbackActive=True", "Degraded=True"]);
    const degraded = status.conditions?.[2];
    expect(degraded?.message).toBe("shop/c: no such PodTemplate");
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

  it("gives a phase that came back its own time", () => {
    const first = of([["shop/a", state("Active", { since: START })]]);
    const second = statusOf({
      ...INPUT,
      previous: first,
      services: [["shop/a", state("Active", { since: LATER })]],
    });
    expect(second.services?.[0]?.since).toBe("2026-01-01T10:00:35Z");
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

describe("announceStatus", () => {
  it.each<[string, TimedState | undefined, TimedState, string[]]>([
    ["first, all well", undefined, state("Healthy"), []],
    ["first, in trouble", undefined, state("Blocked"), ["Warning FallbackRefused"]],
    ["turns active", state("Healthy"), state("Active"), ["Normal FallbackActive"]],
    ["is released", state("Active"), state("Healthy"), ["Normal FallbackReleased"]],
    ["is refused", state("Starting"), state("Blocked"), ["Warning FallbackRefused"]],
    ["recovers", state("Blocked"), state("Healthy"), ["Normal AsExpected"]],
  ])("%s", (_, before, now, expected) => {
    const earlier = before && of([["shop/a", before]]);
    const events = announceStatus(earlier, of([["shop/a", now]]));
    expect(events.map(({ type, reason }) => `${type} ${reason}`)).toEqual(expected);
  });
});

const INPUT = { generation: 7, problems: [], previous: undefined, now: START };

function of(services: [string, TimedState][]) {
  return statusOf({ ...INPUT, services });
}

function state(phase: Phase, change: Partial<TimedState> = {}): TimedState {
  return { phase, message: phase, warnings: [], since: undefined, ...change };
}

function verdicts(status: ReturnType<typeof statusOf>): string[] {
  return (status.conditions ?? []).map(({ type, status }) => `${type}=${status}`);
}
