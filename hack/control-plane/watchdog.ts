import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { Socket } from "node:net";

// Reads "start <pid>" and "end <pid>" lines until the pipe closes, which the kernel does however
// its owner ends, SIGKILL included. What is still running then is killed: the data is thrown
// away with the folder, so there is nothing that a graceful end would save.
const SCRIPT = `
trap '' HUP INT TERM
pids=
while read -r event pid; do
  if [ "$event" = start ]; then pids="$pids $pid"; continue; fi
  left=
  for p in $pids; do [ "$p" = "$pid" ] || left="$left $p"; done
  pids=$left
done
for p in $pids; do kill -KILL "$p" 2>/dev/null; done
tries=0
while [ -e "$1" ] && [ "$tries" -lt 50 ]; do
  rm -rf -- "$1" 2>/dev/null || sleep 0.1
  tries=$((tries + 1))
done
`;

/** Ends the processes and removes the folder of a control plane when this process is gone. */
export class Watchdog {
  readonly #shell: ChildProcess;

  /** @param dir the folder that is removed at the end */
  constructor(dir: string) {
    // A session of its own: a Ctrl-C in the terminal is for the caller, not for the watchdog.
    this.#shell = spawn("/bin/sh", ["-c", SCRIPT, "watchdog", dir], {
      cwd: "/",
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.#shell.on("error", () => undefined);
    this.#shell.stdin?.on("error", () => undefined);
    this.#shell.unref();
    if (this.#shell.stdin instanceof Socket) this.#shell.stdin.unref();
  }

  /** From now on `pid` ends with this process. */
  started(pid: number): void {
    this.#shell.stdin?.write(`start ${pid}\n`);
  }

  /** The kernel may give `pid` to another process from now on: it must not be killed. */
  ended(pid: number): void {
    this.#shell.stdin?.write(`end ${pid}\n`);
  }

  /** Kills what is left, removes the folder, and returns when the watchdog itself has ended. */
  async close(): Promise<void> {
    const { pid, exitCode, signalCode } = this.#shell;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    this.#shell.ref();
    const exit = once(this.#shell, "exit");
    this.#shell.stdin?.end();
    await exit;
  }
}
