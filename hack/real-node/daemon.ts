import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { ChildEndedError } from "../control-plane/child";
import type { Sandbox } from "./sandbox";
import { BIN, inState } from "./state";

const LOG_LINES = 15;

/** A process of the node. It outlives this process. */
export class Daemon {
  readonly #log: string;

  /** @param onDeath called when it ends while this process is there */
  constructor(
    readonly name: string,
    args: readonly string[],
    sandbox: Sandbox,
    onDeath: (error: ChildEndedError) => void,
  ) {
    mkdirSync(inState("logs"), { recursive: true });
    this.#log = inState("logs", `${name}.log`);
    const output = openSync(this.#log, "a", 0o600);
    const [nsenter = "", ...rest] = sandbox.inside([`${BIN}/${name}`, ...args]);
    const child = spawn(nsenter, rest, {
      // A session of its own: neither a Ctrl-C nor the end of the terminal is for the node.
      detached: true,
      cwd: "/",
      // Nothing else is handed down: variables can reconfigure etcd and containerd.
      env: {
        HOME: "/root",
        PATH: `${BIN}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      },
      stdio: ["ignore", output, output],
    });
    closeSync(output);
    const died = (how: string): void => {
      onDeath(new ChildEndedError(name, how, this.lastLines()));
    };
    child.once("error", error => {
      died(error.message);
    });
    child.once("exit", (code, signal) => {
      died(signal ?? `exit code ${code ?? "unknown"}`);
    });
    child.unref();
  }

  /** The end of its log. */
  lastLines(): string {
    try {
      return readFileSync(this.#log, "utf8").trimEnd().split("\n").slice(-LOG_LINES).join("\n");
    } catch {
      return `(${this.#log} cannot be read)`;
    }
  }
}
