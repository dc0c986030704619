import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const SCRIPT = join(__dirname, "..", "..", "dist", "critsvc.js");

/** What a run of the command left behind. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Setting {
  /** Variables beside those of this process; undefined takes one away. */
  readonly env?: Record<string, string | undefined>;
  /** For its standard input. */
  readonly input?: string;
}

/** The command `critsvc` as a process of its own. */
export class Critsvc {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<unknown>;
  #stdout = "";
  #stderr = "";

  constructor(args: readonly string[], { env = {}, input = "" }: Setting = {}) {
    this.#child = spawn(process.execPath, [SCRIPT, ...args], { env: { ...process.env, ...env } });
    this.#child.stdout.on("data", chunk => (this.#stdout += String(chunk)));
    this.#child.stderr.on("data", chunk => (this.#stderr += String(chunk)));
    this.#ended = once(this.#child, "close");
    this.#child.stdin.end(input);
  }

  /** What it has printed so far. */
  get stdout(): string {
    return this.#stdout;
  }

  interrupt(): void {
    this.#child.kill("SIGINT");
  }

  async ended(): Promise<Ended> {
    await this.#ended;
    return { code: this.#child.exitCode, stdout: this.#stdout, stderr: this.#stderr };
  }
}

/** Runs the command to its end. */
export function critsvc(args: readonly string[], setting?: Setting): Promise<Ended> {
  return new Critsvc(args, setting).ended();
}

/** Runs the command with `-o json`, and reads its answer. */
export async function critsvcJson(
  args: readonly string[],
): Promise<{ code: number | null; answer: unknown }> {
  const { code, stdout, stderr } = await critsvc([...args, "-o", "json"]);
  try {
    return { code, answer: JSON.parse(stdout) as unknown };
  } catch (cause) {
    throw new Error(`critsvc ${args.join(" ")}: ${stdout}${stderr}`, { cause });
  }
}
