import { expect, it } from "vitest";
import { cpuTime, peakRss } from "../../../../hack/bench/scale/usage";

it("the peak of the memory is what Linux calls the high water mark", () => {
  expect(peakRss("Name:\tnode\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n")).toBe(2 * 2 ** 20);
  expect(peakRss("Name:\tnode\nState:\tZ (zombie)\n")).toBe(0);
});

it("processor time is the user's and the system's, whatever the command is called", () => {
  const stat = "7 (a ) b (c) S 1 7 7 0 -1 4194304 100 0 0 0 150 25 9 9 20 0 11 0 12345";
  expect(cpuTime(stat)).toBe(1750);
});
