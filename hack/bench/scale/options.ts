import { parseArgs } from "node:util";
import { someOf, wholeNumber } from "../arguments";
import { CONTENDERS, type ContenderName } from "./contender";

export const USAGE = `Usage: npm run bench -- [OPTIONS]

Measures how this operator fares with many Services, beside the least that has to be done and beside
the original's controller, on a control plane of its own, and writes the results to docs/.
Linux only; Go builds the floor.

  --sizes A,B         numbers of Services (default: 100,1000,10000)
  --contenders A,B    ${CONTENDERS.join(", ")} (default: all)
  --pods N            Pods of each Service (default: 5)
  --losses N          Services that lose their Pods one by one (default: 200)
  --rounds N          in how many rounds, one contender after the other in each (default: 2)
  --critical N        how many Services are critical, at most (default: 1000)
  --rest SECONDS      how long to watch them at rest (default: 60)
  --patience SECONDS  how long to wait for one thing (default: 900)
  --original DIR      a checkout of github.com/majeinfo/critsvc-k8s-controller
  --original-to N     the largest size for the original (default: 1000)
  --python FILE       a Python with the package kubernetes, for the original (default: python3)
  --profile DIR       write this operator's log, CPU and heap profiles there
  --before FILE       another build of the module, its .js, to be measured beside this one
  --built             measure the last build of the module, instead of building it
  --results FILE      where the raw results go (default: beside the bench)
  --out DIR           where to write the report (default: docs)
  --no-report         write none
  --report            measure nothing, write the report of what was measured
  --help              print this`;

export interface Options {
  readonly help: boolean;
  readonly reportOnly: boolean;
  readonly sizes: readonly number[];
  readonly contenders: readonly ContenderName[];
  readonly pods: number;
  readonly losses: number;
  readonly rounds: number;
  readonly critical: number;
  readonly rest: number;
  readonly patience: number;
  readonly original: string | undefined;
  readonly originalTo: number;
  readonly python: string;
  readonly profile: string | undefined;
  readonly before: string | undefined;
  readonly built: boolean;
  readonly results: string | undefined;
  readonly out: string | undefined;
}

/** @throws Error that names the option and what it takes */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sizes: { type: "string", default: "100,1000,10000" },
      contenders: { type: "string", default: CONTENDERS.join(",") },
      pods: { type: "string", default: "5" },
      losses: { type: "string", default: "200" },
      rounds: { type: "string", default: "2" },
      critical: { type: "string", default: "1000" },
      rest: { type: "string", default: "60" },
      patience: { type: "string", default: "900" },
      original: { type: "string" },
      "original-to": { type: "string", default: "1000" },
      python: { type: "string", default: "python3" },
      profile: { type: "string" },
      before: { type: "string" },
      built: { type: "boolean", default: false },
      results: { type: "string" },
      out: { type: "string", default: "docs" },
      "no-report": { type: "boolean", default: false },
      report: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  return {
    sizes: values.sizes.split(",").map(size => wholeNumber("--sizes", size)),
    contenders: someOf("--contenders", values.contenders, CONTENDERS),
    pods: wholeNumber("--pods", values.pods),
    losses: wholeNumber("--losses", values.losses),
    rounds: wholeNumber("--rounds", values.rounds),
    critical: wholeNumber("--critical", values.critical),
    rest: wholeNumber("--rest", values.rest),
    patience: wholeNumber("--patience", values.patience),
    original: values.original,
    originalTo: wholeNumber("--original-to", values["original-to"]),
    python: values.python,
    profile: values.profile,
    before: values.before,
    built: values.built,
    results: values.results,
    out: values["no-report"] ? undefined : values.out,
    reportOnly: values.report,
    help: values.help,
  };
}
