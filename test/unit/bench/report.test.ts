import { describe, expect, it } from "vitest";
import { LOSSES, MODES, type StandbyMode } from "../../../hack/bench/failover/kinds";
import { markdown } from "../../../hack/bench/failover/report";
import type { Answer, Results, Round } from "../../../hack/bench/failover/results";
import { timeline } from "../../../hack/bench/failover/timeline";

const STANDBYS = MODES.filter((mode): mode is StandbyMode => mode !== "bare");

/** Two seconds of the real Pod, the outage, the fallback, the real Pod again. */
function answers(outageMs: number): Round["timeline"] {
  const who = (ms: number): Answer =>
    ms < 0 || ms > 1500 ? "real" : ms < outageMs ? "none" : "fallback";
  return Array.from({ length: 500 }, (_, index) => {
    const ms = 5 * (index - 50);
    return [ms, who(ms), 2] as const;
  });
}

function round(mode: StandbyMode, cause: Round["cause"], outageMs: number): Round {
  return {
    ...{ mode, cause, covered: true, slowestMs: 3, timeline: answers(outageMs) },
    loss: { spanMs: outageMs, failed: outageMs / 5 },
    return: { spanMs: 0, failed: 0 },
  };
}

function results(overrides: Partial<Results> = {}): Results {
  return {
    startedAt: "2026-01-02T03:04:05.678Z",
    minSync: "1s",
    kubernetes: "v1.36.0",
    machine: { cores: 4, memoryGiB: 8 },
    pythonClient: undefined,
    floors: [800, 1000, 1200].map(startMs => ({ startMs, crashMs: startMs / 2 })),
    rounds: LOSSES.flatMap(cause =>
      STANDBYS.flatMap(mode => [100, 300, 1500].map(ms => round(mode, cause, ms))),
    ),
    ...overrides,
  };
}

describe("the table", () => {
  const row = (text: string, heading: string, name: string): string =>
    text
      .split(`### ${heading}`)[1]
      ?.split("\n")
      .find(line => line.startsWith(`| ${name} |`)) ?? "";

  it("has the smallest, the middle and the largest, and the ratio to the floor of the same run", () => {
    const cells = row(markdown([results()]), "Forced deletion", "Cold")
      .split("|")
      .map(c => c.trim());
    expect(cells.slice(2, 6)).toEqual(["100 / 300 / 1500", "20 / 60 / 300", "300", "0.30"]);
    expect(cells.slice(6, 9)).toEqual(["0 / 0 / 0", "0 / 0 / 0", "3 of 3"]);
  });

  it("compares a crash with the time until it is reported", () => {
    expect(row(markdown([results()]), "Crash", "Warm")).toContain("| 0.60 ");
  });

  it("has a part for each kube-proxy, with a picture of its own", () => {
    const text = markdown([results(), results({ minSync: "10ms" })]);
    expect(text).toContain("`minSyncPeriod: 1s`, its default");
    expect(text).toContain("(images/failover.svg)");
    expect(text).toContain("(images/failover-min-sync-10ms.svg)");
  });

  it("leaves out what was not measured", () => {
    const text = markdown([results({ floors: [], rounds: [round("cold", "forced", 20)] })]);
    expect(text).not.toMatch(/NaN|undefined|Infinity|Crash of/);
    expect(text).toContain("The original's controller was not measured.");
  });
});

describe("the timeline", () => {
  it("has a lane for each mode and loss, from the round in the middle", () => {
    const svg = timeline(results());
    expect(svg.match(/class="fallback" d=/g)).toHaveLength(LOSSES.length * STANDBYS.length);
    expect(svg.match(/>300 ms</g)).toHaveLength(LOSSES.length * STANDBYS.length);
  });

  it.each([
    ["all that can be measured", results()],
    ["a single round", results({ rounds: [round("warm", "crashing", 0)] })],
    [
      "a client that saw nothing",
      results({ rounds: [{ ...round("warm", "forced", 0), timeline: [] }] }),
    ],
    ["no round", results({ rounds: [] })],
  ])("of %s has numbers only, all of them inside", (_, measured) => {
    const svg = timeline(measured);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? [];
    const ys = [...svg.matchAll(/ y="(-?[\d.]+)"/g)].map(([, y]) => Number(y));
    const xs = [...svg.matchAll(/ x="(-?[\d.]+)"/g)].map(([, x]) => Number(x));
    expect(Math.max(...ys)).toBeLessThanOrEqual(Number(height));
    expect(Math.max(...xs)).toBeLessThanOrEqual(Number(width));
    expect(Math.min(...xs, ...ys)).toBeGreaterThanOrEqual(0);
  });

  it("divides a lane in height where half of the requests fail", () => {
    const half = answers(0).map(([ms, answer, took], index): Round["timeline"][number] =>
      ms >= 0 && ms < 500 && index % 2 === 0 ? [ms, "none", took] : [ms, answer, took],
    );
    const svg = timeline({ rounds: [{ ...round("warm", "stopping", 0), timeline: half }] });
    const [, none = ""] = /class="none" d="([^"]*)"/.exec(svg) ?? [];
    // One piece of 500 ms, half as high as the lane.
    const [, top, bottom] = /^M[\d.]+ ([\d.]+)H[\d.]+V([\d.]+)H[\d.]+z$/.exec(none) ?? [];
    expect(Number(bottom) - Number(top)).toBe(7);
  });
});
