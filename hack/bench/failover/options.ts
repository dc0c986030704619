import { parseArgs } from "node:util";
import { someOf, wholeNumber } from "../arguments";
import { LOSSES, MODES, type Loss, type Mode } from "./kinds";
import { DEFAULT_MIN_SYNC } from "./results";

export const USAGE = `Usage: npm run bench:failover -- [OPTIONS]

Measures on the cluster of KUBECONFIG how long a Service is without an answer when it loses its last
Pod and when it gets one back, and writes the results to docs/. The cluster's Pods and ClusterIPs
must be within reach. It uses the operator that is there, or deploys this one and removes it.

  --rounds N        rounds of each mode and loss (default: 10)
  --modes A,B       ${MODES.join(", ")} (default: all)
  --losses A,B      ${LOSSES.join(", ")} (default: all)
  --original DIR    a checkout of github.com/majeinfo/critsvc-k8s-controller, for the mode original
  --python FILE     a Python with the package kubernetes, for the original (default: python3)
  --min-sync TIME   what kube-proxy was started with (default: ${DEFAULT_MIN_SYNC}); the report has a part for
                    each that was measured
  --out DIR         where to write the report (default: docs)
  --report          measure nothing, write the report of what was measured
  --help            print this`;

export interface Options {
  readonly rounds: number;
  readonly modes: readonly Mode[];
  readonly losses: readonly Loss[];
  readonly original: string | undefined;
  readonly python: string;
  readonly minSync: string;
  readonly out: string;
  readonly reportOnly: boolean;
  readonly help: boolean;
}

/** @throws Error that names the option and what it takes */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "10" },
      modes: { type: "string", default: MODES.join(",") },
      losses: { type: "string", default: LOSSES.join(",") },
      original: { type: "string" },
      python: { type: "string", default: "python3" },
      "min-sync": { type: "string", default: DEFAULT_MIN_SYNC },
      out: { type: "string", default: "docs" },
      report: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const minSync = values["min-sync"];
  if (!(milliseconds(minSync) > 0)) {
    throw new Error(`--min-sync takes a duration such as 10ms or 1s, not "${minSync}"`);
  }
  return {
    rounds: wholeNumber("--rounds", values.rounds),
    modes: someOf("--modes", values.modes, MODES),
    losses: someOf("--losses", values.losses, LOSSES),
    original: values.original,
    python: values.python,
    minSync,
    out: values.out,
    reportOnly: values.report,
    help: values.help,
  };
}

const UNITS: Record<string, number> = { ms: 1, s: 1000 };

/** Milliseconds of a duration as in Go, of one unit; NaN if it is none. */
export function milliseconds(duration: string): number {
  const [, number = "", unit = ""] = /^([0-9.]+)(ms|s)$/.exec(duration) ?? [];
  return number === "" ? NaN : Number(number) * (UNITS[unit] ?? NaN);
}
