import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ControlPlane } from "../control-plane";
import { freePort } from "../control-plane/ports";
import { until } from "../control-plane/until";
import type { BuiltModule } from "../module";
import { OperatorProcess } from "../operator";
import { FaultProxy } from "./proxy";
import type { ProxyFault } from "./faults";

/** What operators need to run. */
export interface Ground {
  readonly controlPlane: ControlPlane;
  readonly module: BuiltModule;
  /** A kubeconfig with the operator's rights; its server is the real one. */
  readonly kubeconfig: string;
  readonly env: Record<string, string>;
}

/** How soon a container that ended is started again. */
const RESTART_MS = 500;
/** Pepr begins to watch some seconds after its start. */
const START_MS = 60_000;
/** Services, EndpointSlices, fallback Pods, CriticalServices and PodTemplates. */
const WATCHED_KINDS = 5;
const LOG_LINES = 40;
const INFO = 30;

/** An operator behind a proxy of its own, which is started again when it ends, as in a cluster. */
export class SupervisedOperator {
  #process: OperatorProcess | undefined;
  #stopped = false;
  #lastWords: string[] = [];
  /** How often it ended by itself. */
  ended = 0;

  private constructor(
    readonly name: string,
    readonly proxy: FaultProxy,
    private readonly ground: Ground,
    private readonly kubeconfig: string,
  ) {}

  static async start(name: string, ground: Ground): Promise<SupervisedOperator> {
    const { server, dir } = ground.controlPlane;
    const pem = (file: string) => readFileSync(join(dir, "certs", file), "utf8");
    const certificate = pem("apiserver.crt");
    const proxy = await FaultProxy.start({ server, certificate, key: pem("apiserver.key") });
    const file = join(dir, `${name}.kubeconfig`);
    const direct = readFileSync(ground.kubeconfig, "utf8");
    writeFileSync(file, direct.replace(server, proxy.url), { mode: 0o600 });
    const operator = new SupervisedOperator(name, proxy, ground, file);
    await operator.#run();
    return operator;
  }

  set fault(fault: ProxyFault | undefined) {
    this.proxy.fault = fault;
  }

  /** Whether its watches are open, deaf as they may be. */
  get isWatching(): boolean {
    const open = [...this.proxy.openWatches().keys()].filter(path => !path.includes("pepr.dev"));
    return open.length === WATCHED_KINDS;
  }

  /** Waits until it watches all that it has to. */
  async watches(): Promise<void> {
    await until(`${this.name} watches`, START_MS, () => Promise.resolve(this.isWatching));
  }

  /** SIGKILL; it is started again at once. */
  async kill(): Promise<void> {
    const killed = this.#process;
    this.#process = undefined;
    await killed?.stop("SIGKILL");
    await this.#run();
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    this.#stopped = true;
    await this.#process?.stop(signal);
    this.proxy.close();
  }

  /** The end of what it said, before it ended by itself too. */
  lastLines(): string {
    return [...this.#lastWords, ...(this.#process ? [linesOf(this.#process)] : [])].join("\n---\n");
  }

  async #run(): Promise<void> {
    const { module, controlPlane, env } = this.ground;
    const started = new OperatorProcess({
      role: "watcher",
      module,
      kubeconfig: this.kubeconfig,
      port: await freePort(),
      dir: mkdtempSync(join(controlPlane.dir, `${this.name}-`)),
      env,
    });
    this.#process = started;
    void started.ended().then(() => {
      this.#restartUnlessMeant(started);
    });
  }

  #restartUnlessMeant(ended: OperatorProcess): void {
    if (this.#stopped || this.#process !== ended) {
      return;
    }
    this.ended++;
    this.#lastWords = [linesOf(ended)];
    setTimeout(() => {
      if (!this.#stopped) {
        void this.#run();
      }
    }, RESTART_MS);
  }
}

function linesOf({ lines, output }: OperatorProcess): string {
  // Pepr lists its bindings at each start.
  const told = lines.filter(({ component, level }) => component !== undefined || level > INFO);
  const said = told.slice(-LOG_LINES).map(({ time, level, msg, service, pod, reason, err }) => {
    const at = new Date(time).toISOString().slice(11, 23);
    const { message } = (err ?? {}) as { message?: string };
    return `${at} ${level} ${msg} ${JSON.stringify({ service, pod, reason, err: message })}`;
  });
  return [...said, output.trimEnd()].join("\n");
}
