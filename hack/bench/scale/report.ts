import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { exponent } from "../statistics";
import { table } from "../table";
import { chart } from "./chart";
import { CONTENDER_NAMES, CONTENDERS, type ContenderName } from "./contender";
import { FIGURES, type Figure } from "./figures";
import { floorOf, goals, valueOf } from "./goals";
import type { Requests } from "./requests";
import type { Measured, Results } from "./results";
import { INTRODUCTION } from "./text";

/** What has a picture, and the figures on it. */
const PICTURES: readonly { id: string; title: string; figures: readonly Figure[] }[] = [
  { id: "reaction", title: "Reaction", figures: [FIGURES.p50, FIGURES.p99] },
  {
    id: "requests",
    title: "Requests",
    figures: [FIGURES.requestsPerFailover, FIGURES.requestsPerEvent, FIGURES.requestsPerHour],
  },
  { id: "memory", title: "Memory", figures: [FIGURES.peakRss] },
  { id: "cpu", title: "Processor time", figures: [FIGURES.cpuPerThousandEvents] },
  {
    id: "start",
    title: "Start",
    figures: [FIGURES.start, FIGURES.startFromList, FIGURES.caughtUp],
  },
  { id: "outage", title: "Mass outage", figures: [FIGURES.outage] },
];

/**
 * Writes scale.md and its pictures into a folder.
 *
 * @returns the paths of the files
 */
export async function writeReport(results: Results, folder: string): Promise<string[]> {
  mkdirSync(join(folder, "images"), { recursive: true });
  const pictures = PICTURES.map(({ id, figures }) => {
    const file = join(folder, pictureOf(id));
    writeFileSync(file, chart(figures, results.measured));
    return file;
  });
  const file = join(folder, "scale.md");
  const options = await resolveConfig(__filename);
  writeFileSync(file, await format(markdown(results), { ...options, parser: "markdown" }));
  return [file, ...pictures];
}

function pictureOf(id: string): string {
  return `images/scale-${id}.svg`;
}

/** The report of a run. */
export function markdown(results: Results): string {
  return [
    INTRODUCTION,
    `## Figures\n\n${circumstances(results)}`,
    ...PICTURES.map(({ id, title, figures }) =>
      [
        `### ${title}`,
        `![${title}, over the number of Services](${pictureOf(id)})`,
        ...figures.map(figure => `${captionOf(figure)}\n\n${figureTable(results, figure)}`),
      ].join("\n\n"),
    ),
    `### Which requests\n\n${requestTables(results)}`,
    `## Goals\n\n${goalTable(results)}`,
  ].join("\n\n");
}

function circumstances(results: Results): string {
  const { startedAt, kubernetes, node, machine, patienceMs } = results;
  return `Measured on ${startedAt.slice(0, 10)} with Kubernetes ${kubernetes} and Node.js ${node}, all on
one machine with ${machine.cores} processor cores and ${machine.memoryGiB} GiB of memory. ${aboutOriginal(results)}
A dash: not measured, or not done within ${patienceMs / 1000} seconds.`;
}

function aboutOriginal({ pythonClient, measured }: Results): string {
  const sizes = sizesOf(measured.filter(({ contender }) => contender === "original"));
  const largest = sizes.at(-1);
  if (pythonClient === undefined || largest === undefined) {
    return "The original's controller was not measured.";
  }
  const isAll = largest === sizesOf(measured).at(-1);
  const upTo = isAll ? "" : `, and with ${largest} Services at most (\`--original-to ${largest}\`)`;
  return `The original's controller ran with version ${pythonClient} of Python's \`kubernetes\`${upTo}.`;
}

function captionOf({ title, unit }: Figure): string {
  return `${title}${unit === "" ? "" : `, in ${unit}`}:`;
}

function figureTable({ measured }: Results, figure: Figure): string {
  const sizes = sizesOf(measured);
  const ratios = figure.compared ? sizes.map(() => "÷ floor") : [];
  const headings = [
    "",
    ...sizes.flatMap((size, index) => [`${size} Services`, ...ratios.slice(index, index + 1)]),
    "exponent",
  ];
  const rows = CONTENDERS.filter(name => measured.some(one => one.contender === name)).map(name => [
    CONTENDER_NAMES[name],
    ...sizes.flatMap(size => cells(measured, name, size, figure)),
    growthOf(measured, name, figure),
  ]);
  return table(headings, rows);
}

function cells(
  measured: readonly Measured[],
  name: ContenderName,
  size: number,
  figure: Figure,
): string[] {
  const value = valueOf(measured, name, size, figure);
  const floor = floorOf(measured, size, figure);
  const cell = value === undefined ? "–" : value.toFixed(figure.digits);
  if (!figure.compared) return [cell];
  return [cell, value === undefined || !floor ? "–" : (value / floor).toFixed(2)];
}

function growthOf(measured: readonly Measured[], name: ContenderName, figure: Figure): string {
  const points = measured
    .filter(({ contender }) => contender === name)
    .map(one => [one.size, figure.of(one) ?? 0] as const);
  return exponent(points)?.toFixed(2) ?? "–";
}

/** Of the largest size that each contender was measured at. */
function requestTables({ measured }: Results): string {
  return CONTENDERS.flatMap(name => {
    const all = measured.filter(({ contender }) => contender === name);
    const one = all.sort((a, b) => b.size - a.size)[0];
    return one ? [`${CONTENDER_NAMES[name]}, ${one.size} Services:\n\n${requestTable(one)}`] : [];
  }).join("\n\n");
}

function requestTable(measured: Measured): string {
  const columns = requestColumns(measured);
  const kinds = new Set(columns.flatMap(([, requests]) => Object.keys(requests)));
  const rows = [...kinds]
    .sort()
    .map(kind => [kind, ...columns.map(([, requests]) => String(requests[kind] ?? 0))]);
  return table(["", ...columns.map(([name]) => name)], rows);
}

/** What was done, and the requests that it led to. */
function requestColumns({ starts: [start], rest, events, losses, outages: [outage] }: Measured) {
  const columns: ([string, Requests] | undefined)[] = [
    start && ["start", start.requests],
    rest && [`${rest.seconds} s of rest`, rest.requests],
    events && [`${events.events} Pod events`, events.requests],
    losses && [`${losses.reactionsMs.length} losses`, losses.requests],
    losses && ["their return", losses.returnRequests],
    outage && [`outage of ${outage.services}`, outage.requests],
  ];
  return columns.filter(column => column !== undefined);
}

function goalTable({ measured }: Results): string {
  const rows = goals(measured).map(({ what, limit, measured: value, unit }) => [
    what,
    `at most ${limit}${suffix(unit)}`,
    `${Number(value.toPrecision(3))}${suffix(unit)}`,
    value <= limit ? "yes" : "no",
  ]);
  return table(["", "goal", "measured", "reached"], rows);
}

function suffix(unit: string): string {
  return unit === "" ? "" : ` ${unit}`;
}

function sizesOf(measured: readonly Measured[]): number[] {
  return [...new Set(measured.map(({ size }) => size))].sort((a, b) => a - b);
}
