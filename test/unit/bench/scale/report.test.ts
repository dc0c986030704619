import { describe, expect, it } from "vitest";
import { chart } from "../../../../hack/bench/scale/chart";
import type { ContenderName } from "../../../../hack/bench/scale/contender";
import { FIGURES } from "../../../../hack/bench/scale/figures";
import { goals } from "../../../../hack/bench/scale/goals";
import { markdown } from "../../../../hack/bench/scale/report";
import type { Measured, Results } from "../../../../hack/bench/scale/results";

/** A contender whose every figure is `slow` times that of another with 1. */
function measured(contender: ContenderName, size: number, slow: number): Measured {
  const requests = { "create pods": 10 * slow };
  return {
    contender,
    size,
    critical: size,
    starts: [slow, 2 * slow, 90 * slow].map(ms => ({
      ...{ lameMs: 1000 * ms, lameFromListMs: 500 * ms, caughtUpMs: 2000 * ms },
      ...{ cpuMs: 1, peakRssBytes: 1, requests },
    })),
    rest: { seconds: 60, cpuMs: 1, requests: {} },
    events: { events: 1000, cpuMs: 30 * slow, requests: {} },
    losses: { reactionsMs: [slow, 2 * slow, 3 * slow], requests, returnRequests: {} },
    outages: [slow, 2 * slow, 90 * slow].map(ms => ({
      ...{ services: size, lossesMs: 1, fallbacksMs: 1000 * ms, cpuMs: 1, requests },
    })),
    peakRssBytes: slow * 2 ** 20,
  };
}

function results(all: Measured[]): Results {
  return {
    startedAt: "2026-01-02T03:04:05.678Z",
    kubernetes: "v1.36.0",
    node: "v20.0.0",
    machine: { cores: 4, memoryGiB: 8 },
    pythonClient: undefined,
    patienceMs: 900_000,
    measured: all,
  };
}

const SIZES = [100, 1000];
const all = SIZES.flatMap(size => [
  measured("floor", size, 2),
  measured("floor-node", size, 1),
  measured("ours", size, 3),
  measured("original", size, 40),
]);

function row(text: string, caption: string, name: string): string[] {
  const [, part = ""] = text.split(`\n\n${caption}`);
  const line = part.split("\n").find(one => one.startsWith(`| ${name} |`)) ?? "";
  return line.split("|").map(cell => cell.trim());
}

describe("the report", () => {
  it("has each figure at each size, its ratio to the better floor, and its growth", () => {
    const cells = row(markdown(results(all)), "Reaction, the middle one", "This operator");
    expect(cells.slice(2, 7)).toEqual(["6.0", "3.00", "6.0", "3.00", "0.00"]);
  });

  it.each([
    ["start", "From the start to the last request", "12.00"],
    ["outage", "From the first loss of a mass outage", "6.00"],
  ])("has the middle one of a %s in each round", (_, caption, seconds) => {
    const cells = row(markdown(results(all)), caption, "This operator");
    expect(cells.slice(2, 4)).toEqual([seconds, "3.00"]);
  });

  it("says with a dash what did not end in time", () => {
    const tooSlow: Measured = {
      contender: "original",
      size: 100,
      critical: 100,
      starts: [],
      outages: [],
    };
    const text = markdown(results([measured("floor", 100, 1), tooSlow]));
    const cells = row(text, "From the first loss", "The original's controller");
    expect(cells.slice(2, 5)).toEqual(["–", "–", "–"]);
  });

  it("leaves out what was not measured", () => {
    const text = markdown(results([measured("ours", 100, 1)]));
    expect(text).not.toMatch(/NaN|undefined|Infinity|The floor, in/);
    expect(text).toContain("The original's controller was not measured.");
  });

  it("says up to which size the original was measured", () => {
    const ours = SIZES.map(size => measured("ours", size, 1));
    const originals = SIZES.map(size => measured("original", size, 1));
    const textOf = (all: Measured[]) => markdown({ ...results(all), pythonClient: "1.2.3" });
    expect(textOf([...ours, ...originals])).toMatch(/1\.2\.3 of Python's `kubernetes`\./);
    expect(textOf([...ours, ...originals.slice(0, 1)])).toContain("(`--original-to 100`)");
    expect(textOf(ours)).toContain("The original's controller was not measured.");
  });

  it("has a table of the requests, of the largest size", () => {
    const text = markdown(results(all));
    expect(text).toContain("This operator, 1000 Services:");
    expect(text).not.toContain("This operator, 100 Services:");
  });
});

describe("the goals", () => {
  const reached = (slow: number) =>
    goals([measured("floor", 100, 1), measured("ours", 100, slow), measured("original", 100, 40)])
      .filter(({ measured: value, limit }) => value <= limit)
      .map(({ what }) => what);

  it("are compared with the floor and the original", () => {
    expect(reached(1)).toContain("Mass outage, of the original's, 100 Services");
    expect(reached(1)).toContain("Reaction p50, of the floor's, 100 Services");
    expect(reached(5)).not.toContain("Mass outage, of the original's, 100 Services");
    expect(reached(1.6)).not.toContain("Reaction p50, of the floor's, 100 Services");
  });

  it("are about how the reaction grows", () => {
    const [growth] = goals([measured("ours", 100, 1), measured("ours", 1000, 1.5)]).filter(
      ({ what }) => what.includes("of that with 100"),
    );
    expect(growth).toMatchObject({ limit: 1.2, measured: 1.5 });
  });
});

describe("the plot", () => {
  it("has a line for each contender", () => {
    const svg = chart([FIGURES.p50], all);
    expect(svg).toMatch(/^<svg /);
    expect(svg).toContain("This operator");
    expect(
      svg.match(/stroke-width="2"[^>]*fill="none"|fill="none"[^>]*stroke-width="2"/g)?.length,
    ).toBe(new Set(all.map(({ contender }) => contender)).size);
  });

  it("has numbers only, even of what is nothing", () => {
    expect(chart([FIGURES.requestsPerEvent], all)).not.toMatch(/NaN|undefined|Infinity/);
  });
});
