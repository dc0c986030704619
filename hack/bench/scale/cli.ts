import { cpus, totalmem } from "node:os";
import { resolve } from "node:path";
import { KUBERNETES_VERSION } from "../../control-plane/versions";
import { explain } from "../../explain";
import { buildModule, readModule } from "../../module";
import { OriginalController } from "../original";
import type { Contender, ContenderName } from "./contender";
import { Floor, Original, Ours } from "./contenders";
import { Measurement } from "./measure";
import { readOptions, USAGE, type Options } from "./options";
import { writeReport } from "./report";
import { readResults, writeResults, type Measured } from "./results";
import { Stage, type Ground } from "./stage";

function print(line: string): void {
  console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);
}

async function run(options: Options): Promise<void> {
  if (!options.reportOnly) await measureAll(options);
  if (options.out === undefined) return;
  const files = await writeReport(readResults(options.results), options.out);
  print(`Written: ${files.join(", ")}`);
}

async function measureAll(options: Options): Promise<void> {
  const startedAt = new Date().toISOString();
  const original = await findOriginal(options);
  const module = options.built ? readModule() : await buildModule();
  const measured: Measured[] = [];
  for (const size of options.sizes) {
    print(`${size} Services`);
    const stage = await Stage.open(module, size, options.critical, print);
    try {
      for (const name of options.contenders) {
        if (name === "original" && size > options.originalTo) continue;
        const contender = await contenderOf(name, stage.ground, options, original);
        if (!contender) continue;
        print(`  ${name}`);
        const plan = {
          losses: options.losses,
          restSeconds: options.rest,
          patienceMs: options.patience * 1000,
        };
        measured.push(await new Measurement(stage, contender, plan).run());
      }
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

async function contenderOf(
  name: ContenderName,
  ground: Ground,
  { profile, before }: Options,
  original: OriginalController | undefined,
): Promise<Contender | undefined> {
  switch (name) {
    case "floor":
      return Floor.inGo(ground);
    case "floor-node":
      return Floor.inNode(ground);
    case "ours":
      return new Ours(name, ground, ground.module.file, profile && resolve(profile));
    case "before":
      return before === undefined
        ? undefined
        : new Ours(name, ground, resolve(before), profile && resolve(profile));
    case "original":
      return original && new Original(original, ground);
  }
}

async function findOriginal({ original, python, contenders }: Options) {
  if (!contenders.includes("original")) return undefined;
  if (original === undefined) {
    print("Without --original the original's controller is left out");
    return undefined;
  }
  return OriginalController.find(resolve(original), python);
}

function optionsOrExit(): Options {
  try {
    const options = readOptions(process.argv.slice(2));
    if (options.help) {
      print(USAGE);
      process.exit(0);
    }
    return options;
  } catch (error) {
    console.error(`${explain(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

run(optionsOrExit()).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(`\n${explain(error)}`);
    process.exit(1);
  },
);
