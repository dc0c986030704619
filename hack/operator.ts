import { spawn, type ChildProcess } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import packageJson from "../package.json";
import type { BuiltModule, Manifest } from "./module";

/** The heap that Node.js gives itself where Pepr's Deployments limit the memory to 512 MiB. */
const HEAP = "--max-old-space-size=256";

/** A line of the operator's log. */
export interface LogLine {
  readonly level: number;
  readonly time: number;
  readonly msg: string;
  /** Which part of the operator speaks; Pepr's own lines have none. */
  readonly component?: string;
  readonly [field: string]: unknown;
}

interface Options {
  readonly role: "watcher" | "admission";
  readonly module: BuiltModule;
  readonly kubeconfig: string;
  /** Port of the webhooks, the health check and the metrics, on loopback. */
  readonly port: number;
  /** A folder of its own, for certificates. */
  readonly dir: string;
  /** Variables beside those that the Deployment sets. */
  readonly env?: Record<string, string>;
  /** Options of Node.js, before the module. */
  readonly nodeOptions?: readonly string[];
}

/** The built module in a process of its own, started as Pepr's controller starts it in a Pod. */
export class OperatorProcess {
  readonly #child: ChildProcess;
  /** Of the webhooks, the health check and the metrics, on loopback. */
  readonly port: number;
  readonly #events = new EventEmitter<{ line: [LogLine] }>();
  /** Everything logged so far. */
  readonly lines: LogLine[] = [];
  /** What it printed that is no log line, such as a message that ends the start. */
  output = "";

  constructor(options: Options) {
    this.port = options.port;
    const args = [HEAP, ...(options.nodeOptions ?? []), options.module.file];
    this.#child = spawn(process.execPath, args, {
      env: { ...process.env, ...environment(options), ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) {
        createInterface({ input: stream }).on("line", line => {
          this.#read(line);
        });
      }
    }
    // It must not outlive this process, however that ends by itself.
    const kill = () => this.#child.kill("SIGKILL");
    process.once("exit", kill);
    this.#child.once("exit", () => process.off("exit", kill));
  }

  /** @throws if it could not be started */
  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error("the operator could not be started");
    return pid;
  }

  /** Calls `listener` for each line from now on. */
  onLine(listener: (line: LogLine) => void): void {
    this.#events.on("line", listener);
  }

  /** Ends the process and waits until it is gone. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, "exit");
      this.#child.kill(signal);
      // Pepr waits for open connections of its server before it ends.
      const timer = setTimeout(() => this.#child.kill("SIGKILL"), 2000);
      await exited;
      clearTimeout(timer);
    }
  }

  /** Waits for the end of the process. @returns its exit code */
  async ended(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await once(this.#child, "exit");
    }
    return this.#child.exitCode;
  }

  #read(text: string): void {
    const line = parseLine(text);
    if (line) {
      this.lines.push(line);
      this.#events.emit("line", line);
    } else {
      this.output += `${text}\n`;
    }
  }
}

function parseLine(text: string): LogLine | undefined {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return undefined;
  }
}

/** What the Deployment sets, with the mounted Secrets written to files. */
function environment({ role, module, kubeconfig, port, dir }: Options): Record<string, string> {
  mkdirSync(dir, { recursive: true });
  const tls = secret(module.manifests, "-tls");
  const keyFile = join(dir, "tls.key");
  const certFile = join(dir, "tls.crt");
  writeFileSync(keyFile, decode(tls["tls.key"]), { mode: 0o600 });
  writeFileSync(certFile, decode(tls["tls.crt"]));
  return {
    PEPR_WATCH_MODE: String(role === "watcher"),
    PEPR_API_PATH: decode(secret(module.manifests, "-api-path").value),
    ...packageJson.pepr.env,
    LOG_LEVEL: "info",
    KUBECONFIG: kubeconfig,
    PORT: String(port),
    SSL_KEY_PATH: keyFile,
    SSL_CERT_PATH: certFile,
  };
}

function secret(manifests: readonly Manifest[], suffix: string): Record<string, string> {
  const found = manifests.find(
    ({ kind, metadata }) => kind === "Secret" && metadata.name.endsWith(suffix),
  );
  return (found?.data ?? {}) as Record<string, string>;
}

function decode(base64: string | undefined): string {
  return Buffer.from(base64 ?? "", "base64").toString("utf8");
}
