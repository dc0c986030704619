import { describe, expect, it } from "vitest";
import { isUrgent, type Situation } from "../../capabilities/domain/situation";
import { aPod, aProtector, aService } from "./build";

const lame: Situation = {
  service: aService(),
  endpoints: { known: true, ready: 0, selected: 0, fallbacks: [] },
  protectedBy: [aProtector("Cold")],
  fallbacks: [],
  slices: [],
};
const warm = { protectedBy: [aProtector("Warm")] };
const well = { endpoints: { ...lame.endpoints, ready: 1 } };
const unknown = { endpoints: { ...lame.endpoints, known: false } };

describe("isUrgent", () => {
  it.each<[string, Partial<Situation>, boolean]>([
    ["lame, without a fallback", {}, true],
    ["lame, the fallback going", { fallbacks: [aPod({ state: "terminating" })] }, true],
    ["lame, the fallback ended", { fallbacks: [aPod({ state: "dead" })] }, true],
    ["lame, the fallback there", { fallbacks: [aPod()] }, false],
    ["lame, a warm standby to publish", { ...warm, fallbacks: [aPod()] }, true],
    ["well", well, false],
    ["well, a warm standby to start", { ...warm, ...well }, false],
    ["not critical", { protectedBy: [] }, false],
    ["CriticalServices not read yet", { protectedBy: undefined }, false],
    ["endpoints not known yet", unknown, false],
    ["not looked after", { service: aService({ skipped: "of type ExternalName" }) }, false],
    ["gone", { service: undefined }, false],
  ])("a Service that is %s", (_, change, urgent) => {
    expect(isUrgent({ ...lame, ...change })).toBe(urgent);
  });
});
