import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { EVERY_MS } from "../poller";
import { LOSS_NAMES, LOSSES, MODE_NAMES, MODES, type Loss } from "./kinds";
import { DEFAULT_MIN_SYNC, type Results, type Round } from "./results";
import { summarize } from "../statistics";
import { table } from "../table";
import { INTRODUCTION } from "./text";
import { timeline } from "./timeline";

/**
 * Writes failover.md, and a picture for each of the results, into a folder.
 *
 * @returns the paths of the files
 */
export async function writeReport(all: readonly Results[], folder: string): Promise<string[]> {
  mkdirSync(join(folder, "images"), { recursive: true });
  const pictures = all.map(results => {
    const file = join(folder, pictureOf(results));
    writeFileSync(file, timeline(results));
    return file;
  });
  const file = join(folder, "failover.md");
  const options = await resolveConfig(__filename);
  writeFileSync(file, await format(markdown(all), { ...options, parser: "markdown" }));
  return [file, ...pictures];
}

/** The report of one or several runs. */
export function markdown(all: readonly Results[]): string {
  return [INTRODUCTION, ...all.map(section)].join("\n\n");
}

function pictureOf({ minSync }: Results): string {
  const suffix = minSync === DEFAULT_MIN_SYNC ? "" : `-min-sync-${minSync}`;
  return `images/failover${suffix}.svg`;
}

function section(results: Results): string {
  const { minSync, floors, kubernetes, machine, startedAt } = results;
  const isDefault = minSync === DEFAULT_MIN_SYNC;
  const causes = LOSSES.filter(cause => results.rounds.some(round => round.cause === cause));
  return [
    `## kube-proxy with \`minSyncPeriod: ${minSync}\`${isDefault ? ", its default" : ""}`,
    `Measured on ${startedAt.slice(0, 10)} with Kubernetes ${kubernetes} on a single node with
${machine.cores} processor cores and ${machine.memoryGiB} GiB of memory. ${original(results)}`,
    floors.length === 0 ? "" : floorTable(results),
    `![Who answers when, for each way to stand by and each loss](${pictureOf(results)})`,
    ...causes.map(cause => `### ${LOSS_NAMES[cause]}\n\n${lossTable(results, cause)}`),
  ].join("\n\n");
}

function original({ pythonClient }: Results): string {
  return pythonClient === undefined
    ? "The original's controller was not measured."
    : `The original's controller ran with version ${pythonClient} of Python's \`kubernetes\`.`;
}

function floorTable({ floors }: Results): string {
  return table(
    ["the floor", "min / median / max"],
    [
      ["a bare Pod, from its creation to Ready", range(floors.map(one => one.startMs)) + " ms"],
      ["from a crash to the report of it", range(floors.map(one => one.crashMs)) + " ms"],
    ],
  );
}

function lossTable(results: Results, cause: Loss): string {
  const rows = MODES.flatMap(mode => {
    const rounds = results.rounds.filter(round => round.mode === mode && round.cause === cause);
    return rounds.length === 0 ? [] : [[MODE_NAMES[mode], ...cells(results, rounds, cause)]];
  });
  const headings = [
    "",
    "loss, ms",
    "failed requests",
    `× ${EVERY_MS} ms`,
    "÷ floor",
    "return, ms",
    "failed requests",
    "covered",
  ];
  return table(headings, rows);
}

function cells({ floors }: Results, rounds: readonly Round[], cause: Loss): string[] {
  const lost = summarize(rounds.map(({ loss }) => loss.spanMs));
  const failed = summarize(rounds.map(({ loss }) => loss.failed));
  const floor = floors.map(({ startMs, crashMs }) => (cause === "crashing" ? crashMs : startMs));
  return [
    range(rounds.map(({ loss }) => loss.spanMs)),
    range(rounds.map(({ loss }) => loss.failed)),
    String(Math.round(failed.median * EVERY_MS)),
    floor.length === 0 ? "" : (lost.median / summarize(floor).median).toFixed(2),
    range(rounds.map(round => round.return.spanMs)),
    range(rounds.map(round => round.return.failed)),
    `${rounds.filter(({ covered }) => covered).length} of ${rounds.length}`,
  ];
}

function range(numbers: readonly number[]): string {
  const { min, median, max } = summarize(numbers);
  return [min, median, max].map(Math.round).join(" / ");
}
