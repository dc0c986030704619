import { describe, expect, it } from "vitest";
import { announceService, announceStatus } from "../../capabilities/domain/announce";
import { timed, type TimedState } from "../../capabilities/domain/service-state";
import { statusOf } from "../../capabilities/domain/status";
import { aState as state } from "./build";

const START = new Date("2026-01-01T10:00:00Z");

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
    ["is refused no more", state("Blocked"), state("Starting"), []],
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

  it("tells of the warnings that are new", () => {
    const before = state("Active", { warnings: ["port 53"] });
    const now = state("Active", { warnings: ["port 53", "port 54", "port 55"] });
    expect(announceService(before, now)).toMatchObject([{ message: "port 54; port 55" }]);
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

  it.each([
    ["first", undefined],
    ["later", of([["shop/a", state("Healthy")]])],
  ])("tells of a spec that can't be read, %s", (_, before) => {
    const events = announceStatus(before, of([], ["spec.matchLabels is missing"]));
    const message = "spec.matchLabels is missing";
    expect(events).toEqual([{ type: "Warning", reason: "InvalidSpec", message }]);
  });
});

function of(services: [string, TimedState][], problems: string[] = []) {
  return statusOf({ generation: 7, problems, services, previous: undefined, now: START });
}
