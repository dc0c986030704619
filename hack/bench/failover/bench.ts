import { randomBytes } from "node:crypto";
import { cpus, totalmem } from "node:os";
import type { Kubectl } from "../../kubectl";
import { Attendants } from "./attendants";
import { measureFloor } from "./floor";
import { LOSS_NAMES, MODE_NAMES, MODES, type Loss, type Mode } from "./kinds";
import { ClusterOperator } from "./operator";
import { milliseconds } from "./options";
import type { OriginalController } from "../original";
import { Quiet } from "./quiet";
import type { Floor, Results, Round } from "./results";
import { playRound } from "./round";
import { Stage } from "./stage";

export interface BenchOptions {
  readonly kubectl: Kubectl;
  readonly rounds: number;
  readonly modes: readonly Mode[];
  readonly losses: readonly Loss[];
  readonly minSync: string;
  readonly original: OriginalController | undefined;
  readonly print: (line: string) => void;
}

/** One run: a stage for each mode, and all modes once in each round. */
export class Bench {
  readonly #quiet: Quiet;
  readonly #stages: Stage[] = [];
  readonly #floors: Floor[] = [];
  readonly #rounds: Round[] = [];
  /** A namespace, and in it a Service that never has a Pod. */
  readonly #lame = `bench-lame-${randomBytes(3).toString("hex")}`;
  #operator: ClusterOperator | undefined;
  #attendants: Attendants | undefined;

  constructor(private readonly options: BenchOptions) {
    this.#quiet = new Quiet(milliseconds(options.minSync));
  }

  /** @throws if a round does not go its way */
  async run(): Promise<Results> {
    const startedAt = new Date().toISOString();
    const attendants = await this.#setUp();
    for (let round = 1; round <= this.options.rounds; round++) {
      this.options.print(`Round ${round} of ${this.options.rounds}`);
      for (const stage of this.#stages) {
        await attendants.attend(stage);
        await this.#play(stage).catch((error: unknown) => {
          throw withLog(error, stage.mode === "original" ? this.options.original : undefined);
        });
      }
    }
    return {
      startedAt,
      minSync: this.options.minSync,
      kubernetes: await serverVersion(this.options.kubectl),
      machine: { cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30) },
      pythonClient: this.options.original?.clientVersion,
      floors: this.#floors,
      rounds: this.#rounds,
    };
  }

  /** Leaves the cluster as it was, however far the run has come. */
  async close(): Promise<void> {
    this.#quiet.close();
    await this.#attendants?.close();
    await Promise.all(this.#stages.map(stage => stage.close()));
    await this.options.kubectl.delete("namespace", this.#lame);
    await this.#operator?.restore();
  }

  async #setUp(): Promise<Attendants> {
    const { kubectl, print, original } = this.options;
    this.#operator = await ClusterOperator.find(kubectl, print);
    await kubectl.apply(
      { apiVersion: "v1", kind: "Namespace", metadata: { name: this.#lame } },
      lameService(this.#lame),
    );
    await this.#operator.start(this.#lame);
    await this.#quiet.follow();
    // Those that the operator looks after come first, so that it is scaled once in each round.
    for (const mode of MODES.filter(name => this.options.modes.includes(name))) {
      print(`Setting up: ${MODE_NAMES[mode]}`);
      const stage = new Stage(kubectl, mode);
      this.#stages.push(stage);
      await stage.setUp();
    }
    const { kubeconfig } = kubectl;
    this.#attendants = new Attendants(this.#operator, original, kubeconfig, this.#lame);
    return this.#attendants;
  }

  async #play(stage: Stage): Promise<void> {
    const { print, losses } = this.options;
    if (stage.mode === "bare") {
      const floor = await measureFloor(stage, this.#quiet);
      this.#floors.push(floor);
      print(`  a bare Pod: Ready in ${floor.startMs} ms; a crash: known in ${floor.crashMs} ms`);
      return;
    }
    for (const cause of losses) {
      const round = await playRound(stage, cause, this.#quiet);
      this.#rounds.push(round);
      print(`  ${MODE_NAMES[stage.mode]}, ${LOSS_NAMES[cause]}: ${summary(round)}`);
    }
  }
}

/** An error of a round, with what the original's controller had to say. */
function withLog(error: unknown, original: OriginalController | undefined): unknown {
  if (original === undefined) return error;
  return new Error(`the original's controller printed:\n${original.lastLines}`, { cause: error });
}

function summary({ loss, return: back, covered, slowestMs }: Round): string {
  const uncovered = covered ? "" : ", no fallback";
  return (
    `${loss.spanMs} ms (${loss.failed} failed) at the loss, ` +
    `${back.spanMs} ms (${back.failed} failed) at the return, ` +
    `slowest answer ${slowestMs} ms${uncovered}`
  );
}

function lameService(name: string): object {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace: name, name },
    spec: { selector: { app: name }, ports: [{ port: 80 }] },
  };
}

async function serverVersion(kubectl: Kubectl): Promise<string> {
  const versions = JSON.parse(await kubectl.run(["version", "-o", "json"])) as {
    serverVersion: { gitVersion: string };
  };
  return versions.serverVersion.gitVersion;
}
