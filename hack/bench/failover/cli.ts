import { findKubectl, Kubectl } from "../../kubectl";
import { exitAfter, findOriginal, optionsOrExit, print } from "../command";
import { Bench } from "./bench";
import { readOptions, USAGE, type Options } from "./options";
import { writeReport } from "./report";
import { readResults, writeResults } from "./results";

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
  const original = options.modes.includes("original") ? await findOriginal(options) : undefined;
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

function interrupted(): Promise<never> {
  return new Promise((_, reject) => {
    for (const signal of ["SIGINT", "SIGTERM"]) {
      process.once(signal, () => {
        reject(new Error("Interrupted"));
      });
    }
  });
}

exitAfter(run(optionsOrExit(readOptions, USAGE)));
