import { describe, expect, it } from "vitest";
import { serviceState, timed, type Phase } from "../../capabilities/domain/service-state";
import type { Situation } from "../../capabilities/domain/situation";
import { aPod, aProtector, aService, aSlice, aStandbyPod, aState } from "./build";

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
const LISTED = { endpoints: { ...lame.endpoints, fallbacks: ["p1"] } };
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
      { ...lame, ...LISTED, fallbacks: [pod] },
      undefined,
      "Active",
      "has no selected POD: Pod service-watcher-web answers",
    ],
    [
      "lame, fallback not Ready",
      { ...lame, ...LISTED, fallbacks: [{ ...pod, ready: false }] },
      undefined,
      "Starting",
      "has no selected POD: its fallback Pod starts",
    ],
    [
      "lame, fallback going",
      { ...lame, ...LISTED, fallbacks: [{ ...pod, state: "terminating" }] },
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

describe("the warnings", () => {
  const warned = (situation: Situation, lasting: boolean) =>
    serviceState(situation, ["port 53"], { message: "no such PodTemplate", lasting });
  const answering = { ...warm, fallbacks: [standby], slices: [aSlice(standby, true)] };

  it.each<[string, Situation, boolean, Phase, string[]]>([
    [
      "of a standby that can't start while the Service is well",
      { ...warm, ...ENDPOINTS },
      true,
      "Healthy",
      ["nothing stands by: no such PodTemplate"],
    ],
    [
      "of a change that is refused while the fallback answers",
      answering,
      true,
      "Active",
      ["a change has no effect yet: no such PodTemplate"],
    ],
    [
      "of a change that is refused while a standby is there",
      { ...answering, ...ENDPOINTS },
      true,
      "Healthy",
      ["a change has no effect yet: no such PodTemplate"],
    ],
    ["of nothing that passes by itself", { ...warm, ...ENDPOINTS }, false, "Healthy", []],
    ["nor while the fallback answers", answering, false, "Active", []],
  ])("tell %s", (_, situation, lasting, phase, trouble) => {
    const state = warned(situation, lasting);
    expect(state?.phase).toBe(phase);
    expect(state?.warnings).toEqual(["port 53", ...trouble]);
  });
});

describe("timed", () => {
  const [start, later] = [new Date("2026-01-01T10:00:00Z"), new Date("2026-01-01T10:00:35Z")];

  it.each<[Phase, Date | undefined]>([
    ["Healthy", undefined],
    ["Waiting", start],
    ["Starting", start],
    ["Active", undefined],
    ["Releasing", undefined],
    ["Blocked", undefined],
  ])("knows since when the first phase is %s: %s", (phase, since) => {
    expect(timed(undefined, aState(phase), start).since).toEqual(since);
  });

  it("keeps the time of a phase that lasts, whatever its message", () => {
    const before = aState("Active", { since: start });
    expect(timed(before, aState("Active", { message: "else" }), later).since).toBe(start);
    expect(timed(before, aState("Releasing"), later).since).toBe(later);
  });
});
