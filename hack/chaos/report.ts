import type { RoundResult } from "./campaign";

const HEADER = [
  "| Fault | Rounds | Fallbacks started | Standby endpoints written | Worst time until all held | Breaches | Operator ended by itself | Watches of one kind, at most |",
  "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
];

/** One row for each fault, as Markdown. */
export function reportTable(results: readonly RoundResult[]): string {
  const faults = [...new Set(results.map(({ fault }) => fault))].sort();
  const rows = faults.map(fault =>
    row(
      fault,
      results.filter(result => result.fault === fault),
    ),
  );
  return [...HEADER, ...rows, row("all", results)].join("\n");
}

function row(name: string, results: readonly RoundResult[]): string {
  const worst = Math.max(...results.map(({ heldAfterMs }) => heldAfterMs));
  const cells = [
    name,
    results.length,
    sum(results.map(({ fallbacks }) => fallbacks)),
    sum(results.map(({ standbyWrites }) => standbyWrites)),
    `${(worst / 1000).toFixed(1)} s`,
    sum(results.map(({ breaches }) => breaches.length)),
    sum(results.map(({ ended }) => ended)),
    Math.max(...results.map(({ watches }) => watches)),
  ];
  return `| ${cells.join(" | ")} |`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
