import { resolve } from "node:path";
import { explain } from "../../explain";
import { findKubectl, Kubectl } from "../../kubectl";
import { Bench } from "./bench";
import { OriginalController } from "../original";
import { readOptions, USAGE, type Options } from "./options";
import { writeReport } from "./report";
import { readResults, writeResults } from "./results";

function print(line: string): void {
  console.log(line);
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

async function run(options: Options): Promise<void> {
  if (!options.reportOnly) await measureAll(options);
  const files = await writeReport(readResults(), options.out);
  print(`Written: ${files.join(", ")}`);
}

async function measureAll(options: Options): Promise<void> {
  const kubeconfig = process.env.KUBECONFIG;
  if (!kubeconfig) {
    throw new Error("Set KUBECONFIG to the cluster to measure on; the operator is deployed there");
  }
  const original = await findOriginal(options);
  const kubectl = new Kubectl(await findKubectl(print), kubeconfig);
  const modes = options.modes.filter(mode => mode !== "original" || original !== undefined);
  const bench = new Bench({ ...options, kubectl, modes, original, print });
  try {
    const results = await Promise.race([bench.run(), interrupted()]);
    print(`Raw results: ${writeResults(results)}`);
  } finally {
    print("Leaving the cluster as it was");
    await bench.close();
  }
}

async function findOriginal({ original, python, modes }: Options) {
  if (!modes.includes("original")) return undefined;
  if (original === undefined) {
    print("Without --original the original's controller is left out");
    return undefined;
  }
  return OriginalController.find(resolve(original), python);
}

function interrupted(): Promise<never> {
  return new Promise((_, reject) => {
    for (const signal of ["SIGINT", "SIGTERM"]) {
      process.once(signal, () => {
        reject(new Error("Interrupted"));
      });
    }
  });
}

run(optionsOrExit()).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(`\n${explain(error)}`);
    process.exit(1);
  },
);
