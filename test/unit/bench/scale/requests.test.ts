import { expect, it } from "vitest";
import { count, endOfBurst, firstOf, sum, total } from "../../../../hack/bench/scale/requests";

it("a request that the log tells of twice counts once", () => {
  const requests = [
    { id: "1", what: "watch pods" },
    { id: "2", what: "create pods" },
    { id: "3", what: "create pods" },
    { id: "1", what: "watch pods" },
  ];
  expect(count(requests)).toEqual({ "watch pods": 1, "create pods": 2 });
});

it("counts add up", () => {
  const all = sum({ "create pods": 1 }, { "create pods": 2, "list pods": 3 });
  expect(all).toEqual({ "create pods": 3, "list pods": 3 });
  expect(total(all)).toBe(6);
});

it.each([
  [[10, 20, 30], 30],
  [[30, 10, 20, 90, 95], 30],
  [[10], 10],
  [[], undefined],
])("the first burst of %j ends at %j", (times, end) => {
  expect(
    endOfBurst(
      times.map(doneAt => ({ doneAt })),
      50,
    ),
  ).toBe(end);
});

it("the first of a kind is told by when it arrived", () => {
  const requests = [
    { what: "list pods", receivedAt: 3 },
    { what: "list services", receivedAt: 9 },
    { what: "list services", receivedAt: 7 },
  ];
  expect(firstOf(requests, "list services")).toBe(7);
  expect(firstOf(requests, "list nodes")).toBeUndefined();
});
