import { describe, expect, it } from "vitest";
import type { RoundResult } from "../../../hack/chaos/campaign";
import { reportTable } from "../../../hack/chaos/report";

const result: RoundResult = {
  number: 1,
  fault: "slow",
  heldAfterMs: 1234,
  breaches: [],
  stalestMs: 0,
  fallbacks: 2,
  standbyWrites: 5,
  watches: 2,
  ended: 0,
};
const breach = { subject: "shop/web", what: "is lame" };

describe("reportTable", () => {
  it("has a row for each fault and one for all", () => {
    const table = reportTable([
      result,
      { ...result, heldAfterMs: 5000, breaches: [breach], ended: 1 },
      { ...result, fault: "none", heldAfterMs: 0, watches: 3 },
    ]);
    expect(table.split("\n").slice(2)).toEqual([
      "| none | 1 | 2 | 5 | 0.0 s | 0 | 0 | 3 |",
      "| slow | 2 | 4 | 10 | 5.0 s | 1 | 1 | 2 |",
      "| all | 3 | 6 | 15 | 5.0 s | 1 | 1 | 3 |",
    ]);
  });
});
