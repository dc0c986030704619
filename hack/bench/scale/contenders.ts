import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../control-plane/ports";
import { OperatorProcess } from "../../operator";
import type { OriginalController } from "../original";
import type { Contender, ContenderName } from "./contender";
import { floorBinary } from "./floor-binary";
import type { Account, Ground } from "./stage";

const LOG_LINES = 30;

/** The operator, as its Pod runs it. */
export class Ours implements Contender {
  readonly user: string;
  #process: OperatorProcess | undefined;

  /**
   * @param file the built module
   * @param diagnostics a folder for its log and its profiles; undefined: neither is wanted
   */
  constructor(
    readonly name: "ours" | "before",
    private readonly ground: Ground,
    private readonly file: string,
    private readonly diagnostics: string | undefined,
  ) {
    this.user = ground.operator.user;
  }

  async start(): Promise<number> {
    const { controlPlane, operator } = this.ground;
    const module = { ...this.ground.module, file: this.file };
    const dir = mkdtempSync(join(controlPlane.dir, "watcher-"));
    const { kubeconfig } = operator;
    const port = await freePort();
    const nodeOptions = profilers(this.diagnostics);
    const options = { module, kubeconfig, port, dir, nodeOptions };
    this.#process = new OperatorProcess({ role: "watcher", ...options });
    return this.#process.pid;
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
    if (this.diagnostics === undefined || !this.#process) return;
    const { lines, pid } = this.#process;
    const text = lines.map(line => JSON.stringify(line)).join("\n");
    writeFileSync(join(this.diagnostics, `${this.name}-${pid}.log`), text);
  }

  lastLines(): string {
    const { lines = [], output = "" } = this.#process ?? {};
    const end = lines.slice(-LOG_LINES).map(line => JSON.stringify(line));
    return [...end, output].join("\n");
  }
}

function profilers(folder: string | undefined): string[] {
  if (folder === undefined) return [];
  mkdirSync(folder, { recursive: true });
  return ["--cpu-prof", `--cpu-prof-dir=${folder}`, "--heap-prof", `--heap-prof-dir=${folder}`];
}

/** A loop of a hundred lines: what no controller can be faster than. */
export class Floor implements Contender {
  readonly user: string;
  #child: ChildProcess | undefined;
  #output = "";

  private constructor(
    readonly name: ContenderName,
    private readonly command: readonly [string, ...string[]],
    account: Account,
  ) {
    this.user = account.user;
  }

  static async inGo({ account, print }: Ground): Promise<Floor> {
    return new Floor("floor", [await floorBinary(print), account.kubeconfig], account);
  }

  static inNode({ account, controlPlane }: Ground): Floor {
    const program = join(__dirname, "floor", "floor.mjs");
    const { api, dir } = controlPlane;
    const files = { token: join(dir, "floor.token"), ca: join(dir, "floor.ca") };
    writeFileSync(files.token, account.token, { mode: 0o600 });
    writeFileSync(files.ca, api.ca);
    const command = [process.execPath, program, api.server, files.token, files.ca] as const;
    return new Floor("floor-node", [...command], account);
  }

  async start(): Promise<number> {
    const [program, ...args] = this.command;
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    this.#output = "";
    const kill = () => child.kill("SIGKILL");
    process.once("exit", kill);
    child.once("exit", () => process.off("exit", kill));
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => (this.#output += chunk));
    }
    await once(child, "spawn");
    return child.pid ?? 0;
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, "close");
    child.kill("SIGKILL");
    await closed;
  }

  lastLines(): string {
    return this.#output.trimEnd().split("\n").slice(-LOG_LINES).join("\n");
  }
}

/** Where the original crashes: it has a typing error on the way of a Service that is lame at its creation. */
const CRASH = /event\['objet'\]/g;

/** The original's controller, mended where it crashes. */
export class Original implements Contender {
  readonly name = "original";
  readonly user: string;

  constructor(
    private readonly controller: OriginalController,
    private readonly ground: Ground,
  ) {
    this.user = ground.account.user;
  }

  async start(): Promise<number> {
    const { controlPlane, account } = this.ground;
    const script = join(controlPlane.dir, "original.py");
    writeFileSync(
      script,
      readFileSync(this.controller.script, "utf8").replace(CRASH, "event['object']"),
    );
    const env = { LOG_LEVEL: "WARNING" };
    const { kubeconfig } = account;
    await this.controller.start({ kubeconfig, env, script, isReady: () => true });
    return this.controller.pid ?? 0;
  }

  stop(): Promise<void> {
    return this.controller.stop();
  }

  lastLines(): string {
    return this.controller.lastLines;
  }
}
