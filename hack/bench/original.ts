import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { until } from "../control-plane/until";
import { run } from "../real-node/run";

const TIMEOUT_MS = 60_000;
const LOG_LINES = 30;
const SCRIPT = "watch_service_pods_v5.py";

interface OriginalStart {
  readonly kubeconfig: string;
  readonly env: Record<string, string>;
  readonly isReady: (output: string) => boolean;
  readonly script?: string;
}

/** The original's controller, as a process beside the cluster. */
export class OriginalController {
  #child: ChildProcess | undefined;
  #output = "";

  private constructor(
    /** The path of its program. */
    readonly script: string,
    private readonly python: string,
    /** The version of the Python package `kubernetes`. */
    readonly clientVersion: string,
  ) {}

  /**
   * @param folder a checkout of https://github.com/majeinfo/critsvc-k8s-controller
   * @param python a Python with the package `kubernetes`
   * @throws if either is not what it has to be
   */
  static async find(folder: string, python: string): Promise<OriginalController> {
    const script = join(folder, SCRIPT);
    if (!existsSync(script)) throw new Error(`--original: there is no ${script}`);
    const print = "import kubernetes; print(kubernetes.__version__)";
    const version = await run([python, "-c", print]).catch((error: unknown) => {
      throw new Error(`--python: ${python} has no package kubernetes`, { cause: error });
    });
    return new OriginalController(script, python, version.trim());
  }

  /**
   * Starts it.
   *
   * @param env what it is configured with
   * @param isReady whether it may be relied on, by what it has printed
   * @param script what to run instead of the checkout's own, such as a patched copy of it
   */
  async start({ kubeconfig, env, isReady, script = this.script }: OriginalStart): Promise<void> {
    this.#output = "";
    const child = spawn(this.python, ["-u", script, kubeconfig], {
      // A group of its own: it consists of several processes.
      detached: true,
      env: { PATH: process.env.PATH, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    const kill = () => child.pid !== undefined && process.kill(-child.pid, "SIGKILL");
    process.once("exit", kill);
    child.once("exit", () => process.off("exit", kill));
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => (this.#output += chunk));
    }
    await until("the original's controller knows its Services", TIMEOUT_MS, () => {
      if (child.exitCode !== null) throw new Error(this.lastLines);
      return Promise.resolve(isReady(this.#output));
    });
  }

  /** Of its first process; undefined if it does not run. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** The end of what it has printed. */
  get lastLines(): string {
    return this.#output.trimEnd().split("\n").slice(-LOG_LINES).join("\n");
  }

  /** @throws with what it printed, if one of its processes has failed meanwhile */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.pid === undefined || child.exitCode !== null) return;
    const closed = once(child, "close");
    process.kill(-child.pid, "SIGKILL");
    await closed;
    if (this.#output.includes("Traceback")) {
      throw new Error(`the original's controller has failed:\n${this.lastLines}`);
    }
  }
}
