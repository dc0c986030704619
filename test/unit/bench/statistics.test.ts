import { expect, it } from "vitest";
import { exponent, middleBy, percentile, summarize } from "../../../hack/bench/statistics";

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

it.each([
  [0.5, 50],
  [0.99, 99],
  [1, 100],
  [0, 1],
])("of the numbers from 1 to 100, the share %d is at most %d", (share, number) => {
  const numbers = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(percentile(numbers, share)).toBe(number);
});

it.each<[string, [number, number][], number | undefined]>([
  [
    "in proportion",
    [
      [100, 5],
      [1000, 50],
      [10000, 500],
    ],
    1,
  ],
  [
    "constant",
    [
      [100, 7],
      [10000, 7],
    ],
    0,
  ],
  [
    "with the square",
    [
      [10, 2],
      [100, 200],
    ],
    2,
  ],
  [
    "of what is nothing at first",
    [
      [10, 0],
      [100, 3],
      [1000, 30],
    ],
    1,
  ],
  ["of one size", [[100, 7]], undefined],
  ["of nothing", [], undefined],
])("the exponent of growth: %s", (_, points, power) => {
  const found = exponent(points);
  if (power === undefined) expect(found).toBeUndefined();
  else expect(found).toBeCloseTo(power, 10);
});

it("the exponent of points that are on no line is that of the nearest one", () => {
  expect(
    exponent([
      [1, 1],
      [10, 20],
      [100, 100],
    ]),
  ).toBeCloseTo(1, 5);
});
