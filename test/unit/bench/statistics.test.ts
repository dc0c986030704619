import { expect, it } from "vitest";
import { middleBy, summarize } from "../../../hack/bench/statistics";

it.each([
  [[7], { min: 7, median: 7, max: 7 }],
  [[9, 1, 5], { min: 1, median: 5, max: 9 }],
  // By their value, not as texts.
  [[100, 20, 3, 4], { min: 3, median: 12, max: 100 }],
])("the smallest, the middle and the largest of %j", (numbers, summary) => {
  expect(summarize(numbers)).toEqual(summary);
});

it("nothing measured has no summary and no middle", () => {
  expect(() => summarize([])).toThrow("nothing was measured");
  expect(() => middleBy([], () => 0)).toThrow("nothing was measured");
});

it("the element in the middle is one that was there, the lower one of two", () => {
  const rounds = [{ ms: 40 }, { ms: 10 }, { ms: 30 }, { ms: 20 }];
  expect(middleBy(rounds, ({ ms }) => ms)).toEqual({ ms: 20 });
});
