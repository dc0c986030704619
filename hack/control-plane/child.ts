import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Watchdog } from "./watchdog";

const LOG_LINES = 15;
const GRACE_MS = 4000;

/** A process of the control plane has ended though nobody asked it to. */
export class ChildEndedError extends Error {
  override name = "ChildEndedError";

  constructor(
    readonly process: string,
    how: string,
    /** The last lines of its log. */
    readonly log: string,
  ) {
    super(`${process} ended (${how}); the end of its log:\n${log}`);
  }
}

/** A running process of the control plane, its output in `<dir>/<name>.log`. */
export class Child {
  readonly #process: ChildProcess;
  readonly #log: string;
  #stopping = false;

  /**
   * @param dir working folder and place of the log
   * @param onDeath called when the process ends by itself, or cannot be started at all
   */
  constructor(
    readonly name: string,
    binary: string,
    args: string[],
    dir: string,
    watchdog: Watchdog,
    onDeath: (error: ChildEndedError) => void,
  ) {
    this.#log = join(dir, `${name}.log`);
    const output = openSync(this.#log, "a", 0o600);
    this.#process = spawn(binary, args, {
      cwd: dir,
      // In a session of its own, or a Ctrl-C in the terminal would end it before the caller is done.
      detached: true,
      // Nothing else is handed down: an ETCD_… or KWOK_… variable would reconfigure the process.
      env: { HOME: dir, PATH: process.env.PATH },
      stdio: ["ignore", output, output],
    });
    closeSync(output);
    const { pid } = this.#process;
    if (pid !== undefined) watchdog.started(pid);
    const died = (how: string): void => {
      if (!this.#stopping) onDeath(new ChildEndedError(name, how, this.lastLines()));
    };
    this.#process.once("error", error => {
      died(error.message);
    });
    this.#process.once("exit", (code, signal) => {
      if (pid !== undefined) watchdog.ended(pid);
      died(signal ?? `exit code ${code ?? "unknown"}`);
    });
    // A caller that has nothing left to do may end; the watchdog then ends this process.
    this.#process.unref();
  }

  /** The end of its log. */
  lastLines(): string {
    try {
      return readFileSync(this.#log, "utf8").trimEnd().split("\n").slice(-LOG_LINES).join("\n");
    } catch {
      return `(${this.#log} cannot be read)`;
    }
  }

  /** Sends `signal`, then SIGKILL after 4 s; returns when the process has ended. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    this.#stopping = true;
    if (this.#ended()) return;
    this.#process.ref();
    const exit = once(this.#process, "exit");
    this.#process.kill(signal);
    const grace = new AbortController();
    await Promise.race([exit, sleep(GRACE_MS, undefined, grace)]);
    grace.abort();
    if (!this.#ended()) this.#process.kill("SIGKILL");
    await exit;
  }

  #ended(): boolean {
    const { pid, exitCode, signalCode } = this.#process;
    return pid === undefined || exitCode !== null || signalCode !== null;
  }
}
