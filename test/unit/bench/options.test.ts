import { expect, it } from "vitest";
import { milliseconds, readOptions } from "../../../hack/bench/failover/options";

it("all modes and losses are measured ten times if nothing else is said", () => {
  const { rounds, modes, losses } = readOptions([]);
  expect(rounds).toBe(10);
  expect(modes).toEqual(["bare", "cold", "warm", "warm-unattended", "original"]);
  expect(losses).toEqual(["forced", "forced-stopping", "draining", "stopping", "crashing"]);
});

it.each([
  [["--rounds", "0"], "--rounds takes a whole number from 1 on"],
  [["--rounds", "ten"], "--rounds takes a whole number from 1 on"],
  [
    ["--modes", "warm,hot"],
    '--modes takes some of bare, cold, warm, warm-unattended, original, not "hot"',
  ],
  [["--losses", ""], "--losses takes some of"],
  [["--min-sync", "0s"], "--min-sync takes a duration such as 10ms or 1s"],
  [["--min-sync", "soon"], "--min-sync takes a duration such as 10ms or 1s"],
])("%j is refused with what the option takes", (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
});

it.each([
  ["10ms", 10],
  ["1s", 1000],
  ["1.5s", 1500],
])("%s is %d ms", (duration, ms) => {
  expect(milliseconds(duration)).toBe(ms);
});
