import type { ContenderName } from "./contender";
import { FIGURES, type Figure } from "./figures";
import type { Measured } from "./results";

/** Something that was set out for, and what came of it. */
export interface Goal {
  readonly what: string;
  readonly limit: number;
  readonly measured: number;
  readonly unit: string;
}

/** The size that the goals for memory and restarts are for. */
const LARGE = 10_000;

/** The goals that there are measurements for. */
export function goals(all: readonly Measured[]): Goal[] {
  const ours = all.filter(({ contender }) => contender === "ours");
  return [
    ...ours.flatMap(one => [
      ratio(all, one, FIGURES.p50, 1.5, "Reaction p50, of the floor's"),
      ratio(all, one, FIGURES.p99, 3, "Reaction p99, of the floor's"),
      ratio(all, one, FIGURES.outage, 2, "Mass outage, of the floor's"),
      ofOriginal(all, one),
    ]),
    growth(ours),
    ...ours.map(one =>
      goal(one, FIGURES.requestsPerEvent, 0.001, "Requests for an event of no concern"),
    ),
    ...ours.map(one => goal(one, FIGURES.requestsPerFailover, 4, "Requests for a failover")),
    ...ours
      .filter(({ size }) => size >= LARGE)
      .flatMap(one => [
        goal(one, FIGURES.peakRss, 256, "Peak of the memory"),
        goal(one, FIGURES.start, 10, "Restart"),
        ratio(all, one, FIGURES.start, 2, "Restart, of the floor's"),
        ratio(all, one, FIGURES.startFromList, 2, "Restart from the first list, of the floor's"),
      ]),
  ].filter(one => one !== undefined);
}

/** The faster one of the floors. */
export function floorOf(
  all: readonly Measured[],
  size: number,
  figure: Figure,
): number | undefined {
  const values = ["floor", "floor-node"].flatMap(name => {
    return valueOf(all, name as ContenderName, size, figure) ?? [];
  });
  return values.length === 0 ? undefined : Math.min(...values);
}

export function valueOf(
  all: readonly Measured[],
  name: ContenderName,
  size: number,
  figure: Figure,
): number | undefined {
  const one = all.find(({ contender, size: ofSize }) => contender === name && ofSize === size);
  return one && figure.of(one);
}

function goal(one: Measured, figure: Figure, limit: number, what: string): Goal | undefined {
  const measured = figure.of(one);
  if (measured === undefined) return undefined;
  return { what: `${what}, ${one.size} Services`, limit, measured, unit: figure.unit };
}

function ratio(
  all: readonly Measured[],
  one: Measured,
  figure: Figure,
  limit: number,
  what: string,
): Goal | undefined {
  const value = figure.of(one);
  const floor = floorOf(all, one.size, figure);
  if (value === undefined || !floor) return undefined;
  return { what: `${what}, ${one.size} Services`, limit, measured: value / floor, unit: "×" };
}

function ofOriginal(all: readonly Measured[], one: Measured): Goal | undefined {
  const value = FIGURES.outage.of(one);
  const original = valueOf(all, "original", one.size, FIGURES.outage);
  if (value === undefined || original === undefined) return undefined;
  const what = `Mass outage, of the original's, ${one.size} Services`;
  return { what, limit: 0.1, measured: value / original, unit: "×" };
}

function growth(ours: readonly Measured[]): Goal | undefined {
  const sorted = [...ours].sort((a, b) => a.size - b.size);
  const [first, last] = [sorted[0], sorted.at(-1)];
  const [small, large] = [first && FIGURES.p50.of(first), last && FIGURES.p50.of(last)];
  if (!first || !last || first === last || !small || large === undefined) return undefined;
  const what = `Reaction p50 with ${last.size} Services, of that with ${first.size}`;
  return { what, limit: 1.2, measured: large / small, unit: "×" };
}
