import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../../capabilities/domain/decide";
import { patienceOf } from "../../capabilities/domain/patience";
import { serviceState } from "../../capabilities/domain/service-state";
import type { Protector, Situation } from "../../capabilities/domain/situation";
import { aPod, aProtector, aService } from "./build";

const patient = aProtector("Cold", "web", { activateAfterSeconds: 5, releaseAfterSeconds: 30 });
const hasty = aProtector("Cold", "a");
const warm = aProtector("Warm", "b");
const pod = aPod();
const going = aPod({ state: "terminating" });

const lame = (steadyMs: number, change: Partial<Situation> = {}): Situation => ({
  service: aService(),
  endpoints: { known: true, ready: 0, selected: 1, fallbacks: [] },
  protectedBy: [patient],
  fallbacks: [],
  slices: [],
  steadyMs,
  ...change,
});
const well = (steadyMs: number, change: Partial<Situation> = {}): Situation =>
  lame(steadyMs, {
    endpoints: { known: true, ready: 1, selected: 1, fallbacks: ["p1"] },
    fallbacks: [pod],
    ...change,
  });

const unnamed = (unnamedMs: number, change: Partial<Situation> = {}) =>
  lame(Infinity, { protectedBy: [], fallbacks: [pod], unnamedMs, ...change });

describe("a Service that flaps", () => {
  it.each<[string, Situation, string, number | undefined, string]>([
    ["just lame", lame(0), "wait", 5000, "Waiting"],
    ["lame for a while", lame(4999), "wait", 1, "Waiting"],
    ["lame for long enough", lame(5000), "start", undefined, "Starting"],
    ["lame, fallback there", lame(0, { fallbacks: [pod] }), "keep", undefined, "Starting"],
    [
      "lame, fallback ended",
      lame(0, { fallbacks: [aPod({ state: "dead" })] }),
      "wait",
      5000,
      "Waiting",
    ],
    ["lame, fallback going", lame(0, { fallbacks: [going] }), "wait", 5000, "Waiting"],
    ["just well", well(0), "wait", 30_000, "Releasing"],
    ["well for a while", well(29_000), "wait", 1000, "Releasing"],
    ["well for long enough", well(30_000), "remove", undefined, "Healthy"],
    ["well, fallback going", well(0, { fallbacks: [going] }), "nothing", undefined, "Healthy"],
    ["well, no fallback there", well(0, { fallbacks: [] }), "nothing", undefined, "Healthy"],
  ])("%s", (_, situation, action, ms, phase) => {
    const decision = decide(situation);
    expect(decision.action).toBe(action);
    expect("ms" in decision ? decision.ms : undefined).toBe(ms);
    expect(serviceState(situation, [])?.phase).toBe(phase);
  });

  it.each<[string, Protector[], string, string]>([
    ["waits for neither by default", [hasty], "start", "remove"],
    [
      "gets its fallback as early, and keeps it as long, as any says",
      [hasty, patient],
      "start",
      "wait",
    ],
    ["does not wait with a warm standby", [patient, warm], "start", "replace"],
  ])("%s", (_, protectedBy, whenLame, whenWell) => {
    expect(decide(lame(0, { protectedBy })).action).toBe(whenLame);
    expect(decide(well(0, { protectedBy })).action).toBe(whenWell);
  });

  it.each<[string, Situation, string, number | undefined]>([
    ["no longer named", unnamed(0), "wait", 10_000],
    ["not named for a while", unnamed(9000), "wait", 1000],
    ["not named for good", unnamed(10_000), "remove", undefined],
    [
      "not named, fallback not Ready",
      unnamed(0, { fallbacks: [aPod({ ready: false })] }),
      "remove",
      undefined,
    ],
    ["not named, well", well(0, { protectedBy: [], unnamedMs: 0 }), "remove", undefined],
  ])("keeps what its clients reach while it may yet be named: %s", (_, situation, action, ms) => {
    const decision = decide(situation);
    expect(decision.action).toBe(action);
    expect("ms" in decision ? decision.ms : undefined).toBe(ms);
  });

  it("never waits longer than it is asked to", () => {
    const seconds = fc.nat(3600);
    fc.assert(
      fc.property(
        seconds,
        seconds,
        fc.nat(5_000_000),
        fc.boolean(),
        (activate, release, ms, isLame) => {
          const waits = { activateAfterSeconds: activate, releaseAfterSeconds: release };
          const protectedBy = [aProtector("Cold", "web", waits)];
          const situation = isLame ? lame(ms, { protectedBy }) : well(ms, { protectedBy });
          const left = (isLame ? activate : release) * 1000 - ms;
          expect(patienceOf(situation)?.ms).toBe(left > 0 ? left : undefined);
        },
      ),
    );
  });
});
