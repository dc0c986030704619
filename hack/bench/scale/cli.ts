import { cpus, totalmem } from "node:os";
import { resolve } from "node:path";
import { KUBERNETES_VERSION } from "../../control-plane/versions";
import { buildModule, readModule } from "../../module";
import { exitAfter, findOriginal, optionsOrExit, print } from "../command";
import type { OriginalController } from "../original";
import type { Contender, ContenderName } from "./contender";
import { Floor, Original, Ours } from "./contenders";
import { Measurement, type Round } from "./measure";
import { readOptions, USAGE, type Options } from "./options";
import { writeReport } from "./report";
import { readResults, writeResults, type Measured } from "./results";
import { Stage } from "./stage";

async function run(options: Options): Promise<void> {
  if (!options.reportOnly) await measureAll(options);
  if (options.out === undefined) return;
  const files = await writeReport(readResults(options.results), options.out);
  print(`Written: ${files.join(", ")}`);
}

async function measureAll(options: Options): Promise<void> {
  const startedAt = new Date().toISOString();
  const wanted = options.contenders.includes("original");
  const original = wanted ? await findOriginal(options) : undefined;
  const module = options.built ? readModule() : await buildModule();
  const measured: Measured[] = [];
  for (const size of options.sizes) {
    print(`${size} Services`);
    const stage = await Stage.open(module, { ...options, size }, print);
    try {
      measured.push(...(await measureOn(stage, options, original)));
    } finally {
      await stage.close();
    }
  }
  const results = {
    startedAt,
    kubernetes: KUBERNETES_VERSION,
    node: process.version,
    machine: { cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30) },
    pythonClient: original?.clientVersion,
    patienceMs: options.patience * 1000,
    measured,
  };
  print(`Raw results: ${writeResults(results, options.results)}`);
}

async function measureOn(
  stage: Stage,
  options: Options,
  original: OriginalController | undefined,
): Promise<Measured[]> {
  const measurements: Measurement[] = [];
  for (const name of options.contenders) {
    const contender = await contenderOf(name, stage, options, original);
    if (contender) measurements.push(new Measurement(stage, contender, options.patience * 1000));
  }
  for (const round of roundsOf(options)) {
    print(`  round ${round.number} of ${options.rounds}`);
    for (const one of inTurn(measurements, round.number)) {
      if (one.hasGivenUp) continue;
      print(`  ${one.measured.contender}`);
      await one.run(round);
    }
  }
  return measurements.map(({ measured }) => measured);
}

function roundsOf({ rounds, losses, rest }: Options): (Round & { number: number })[] {
  return Array.from({ length: rounds }, (_, index) => ({
    number: index + 1,
    isFirst: index === 0,
    losses: Math.ceil(losses / rounds),
    restSeconds: rest,
  }));
}

/** There and back: what changes in the course of a run is the same for all. */
function inTurn<T>(all: readonly T[], round: number): readonly T[] {
  return round % 2 === 0 ? all.toReversed() : all;
}

/** @returns undefined if it is not to be measured on this stage */
async function contenderOf(
  name: ContenderName,
  { ground, population }: Stage,
  { profile, before, originalTo }: Options,
  original: OriginalController | undefined,
): Promise<Contender | undefined> {
  const ours = (as: "before" | "ours", file: string) =>
    new Ours(as, ground, file, profile && resolve(profile));
  switch (name) {
    case "floor":
      return Floor.inGo(ground);
    case "floor-node":
      return Floor.inNode(ground);
    case "ours":
      return ours(name, ground.module.file);
    case "before":
      return before === undefined ? undefined : ours(name, resolve(before));
    case "original":
      return original && population.size <= originalTo ? new Original(original, ground) : undefined;
  }
}

exitAfter(run(optionsOrExit(readOptions, USAGE)));
