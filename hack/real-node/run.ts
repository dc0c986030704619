import { spawn } from "node:child_process";
import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import type { Readable } from "node:stream";

const ERROR_LINES = 12;

export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** What the command reads. */
  input?: string | Readable;
}

/**
 * Runs a command to its end.
 *
 * @returns what it prints
 * @throws with the end of what it says on standard error
 */
export async function run(
  [program = "", ...args]: readonly string[],
  { env, cwd, input }: RunOptions = {},
): Promise<string> {
  const child = spawn(program, args, { env, cwd, stdio: ["pipe", "pipe", "pipe"] });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (errors += chunk));
  // A command that fails may not read it all; its status says so.
  child.stdin.on("error", () => undefined);
  const closed = once(child, "close");
  if (input === undefined || typeof input === "string") child.stdin.end(input);
  else void pipeline(input, child.stdin).catch(() => undefined);
  const [code, signal] = (await closed) as [number | null, string | null];
  if (code !== 0) {
    const end = errors.trimEnd().split("\n").slice(-ERROR_LINES).join("\n");
    throw new Error(`${[program, ...args].join(" ")}: ${signal ?? `status ${code ?? ""}`}\n${end}`);
  }
  return output;
}
