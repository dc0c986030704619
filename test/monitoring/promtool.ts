import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";

/** Whether Prometheus' own checker is at hand (`apt-get install prometheus`). */
export const hasPromtool = spawnSync("promtool", ["--version"]).error === undefined;

/** Runs promtool. @returns its exit code, and what it printed */
export async function promtool(
  args: readonly string[],
  input = "",
): Promise<{ status: number; output: string }> {
  const child = spawn("promtool", args, { stdio: ["pipe", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  }
  child.stdin.end(input);
  const [status] = (await once(child, "close")) as [number];
  return { status, output };
}
