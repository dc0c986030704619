import { describe, expect, it } from "vitest";
import { planCampaign } from "../../../hack/chaos/plan";

const FAULTS = 17;

describe("planCampaign", () => {
  it("makes the same rounds of the same seed, and others of another", () => {
    expect(planCampaign(7, 20)).toEqual(planCampaign(7, 20));
    expect(planCampaign(8, 20)).not.toEqual(planCampaign(7, 20));
  });

  it("begins a long campaign as a short one", () => {
    expect(planCampaign(7, 50).slice(0, 20)).toEqual(planCampaign(7, 20));
  });

  it("has each fault in turn, in an order of its own", () => {
    const kinds = planCampaign(7, 2 * FAULTS).map(({ fault }) => fault.kind);
    const [first, second] = [kinds.slice(0, FAULTS), kinds.slice(FAULTS)];
    expect(new Set(first).size).toBe(FAULTS);
    expect([...second].sort()).toEqual([...first].sort());
    expect(second).not.toEqual(first);
  });

  it("has steps in order, within a round that has an end", () => {
    for (const { steps, faultMs } of planCampaign(7, 50)) {
      const times = steps.map(({ afterMs }) => afterMs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(times.at(-1)).toBeLessThanOrEqual(faultMs + 500);
    }
  });
});
