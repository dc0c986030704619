import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiClient } from "./api-client";
import { ensureBinaries, type Binaries } from "./binaries";
import { Child, ChildEndedError } from "./child";
import { USERS, writeCredentials, type Tokens, type UserName } from "./credentials";
import { writeKubeconfig } from "./kubeconfig";
import { areSchedulable, fakeNode } from "./nodes";
import { freePort } from "./ports";
import * as processes from "./processes";
import { TimeoutError, until } from "./until";
import type { BinaryName } from "./versions";
import { Watchdog } from "./watchdog";

const READY_TIMEOUT_MS = 60_000;
const PORT_ATTEMPTS = 5;
const RESPAWN_MS = 1000;
/** What nothing runs without, and nobody starts again. */
const CORE: readonly BinaryName[] = ["etcd", "kube-apiserver"];

/** A running Kubernetes API on loopback. */
export interface ControlPlane {
  /** Path of a kubeconfig whose user is in `system:masters`. */
  kubeconfig: string;
  /** https URL of kube-apiserver. */
  server: string;
  /** The folder of everything that belongs to it: keys, logs (`<process>.log`), database. */
  dir: string;
  /** Folder with etcd, kube-apiserver, …, kubectl and kwok. */
  binDir: string;
  /** Path of the audit log (JSON lines), if one was asked for. */
  auditLog?: string;
  /** Path of the Unix socket that etcd listens on. */
  etcdSocket: string;
  /** Client for this control plane as the admin; it makes a connection for each request. */
  api: ApiClient;
  /**
   * Has a process die of SIGKILL, starts it again after `downMs` milliseconds, and returns when
   * kube-apiserver is ready.
   */
  restart(name: "etcd" | "kube-apiserver", downMs: number): Promise<void>;
  /** Stops a process, does some work, and starts the process again, whatever became of the work. */
  without(name: BinaryName, work: () => Promise<void>): Promise<void>;
  /** Ends all processes and removes the folder. Can be called more than once. */
  stop(): Promise<void>;
}

export interface ControlPlaneOptions {
  /** Told what is going on, a line each; by default nobody is. */
  progress?: (message: string) => void;
  /** Whether to write an audit log, at level Metadata unless this is another policy, as YAML. */
  audit?: boolean | string;
  /** How many fake Nodes there are; default 1. */
  nodes?: number;
  /**
   * Whether kube-controller-manager, kube-scheduler and kwok are started again when they end, as in
   * a real cluster: kube-scheduler gives itself up when an API server that died has confused it.
   */
  keepControllers?: boolean;
}

/**
 * Starts etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kwok on loopback and
 * returns once Pods can be created in the namespace `default`. Gets the binaries first, which
 * takes minutes the first time.
 *
 * The control plane ends with this process at the latest, however that ends. It does not keep
 * this process from ending.
 *
 * @throws ChildEndedError if one of the processes ends, with the last lines of its log; an error
 *   with those of all processes if the control plane is stuck in one step for 60 s
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const binaries = await ensureBinaries(options.progress ?? (() => undefined));
  for (let attempt = 1; ; attempt++) {
    try {
      return await new Start(binaries, options).run();
    } catch (error) {
      const portTaken =
        error instanceof ChildEndedError && error.log.includes("address already in use");
      if (!portTaken || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

/** One attempt to start a control plane. */
class Start {
  readonly #dir = fs.mkdtempSync(join(tmpdir(), "critical-service-operator-"));
  readonly #binDir = join(this.#dir, "bin");
  readonly #watchdog = new Watchdog(this.#dir);
  readonly #children = new Map<BinaryName, { child: Child; args: string[] }>();
  readonly #death = new AbortController();
  readonly #progress: (message: string) => void;
  readonly #nodes: number;
  readonly #audit: boolean | string;
  readonly #keepControllers: boolean;
  #up = false;
  #stopped: Promise<void> | undefined;

  constructor(
    readonly binaries: Binaries,
    { progress, audit, nodes, keepControllers }: ControlPlaneOptions,
  ) {
    this.#progress = progress ?? (() => undefined);
    this.#audit = audit ?? false;
    this.#nodes = nodes ?? 1;
    this.#keepControllers = keepControllers ?? false;
  }

  async run(): Promise<ControlPlane> {
    const begin = Date.now();
    this.#progress(`starting the control plane in ${this.#dir}`);
    try {
      const controlPlane = await this.#start();
      this.#death.signal.throwIfAborted();
      this.#up = true;
      this.#progress(`control plane ready in ${((Date.now() - begin) / 1000).toFixed(1)} s`);
      return controlPlane;
    } catch (error) {
      await this.#stop();
      // That a process has ended says more than the failed request which came of it.
      this.#death.signal.throwIfAborted();
      throw error;
    }
  }

  async #start(): Promise<ControlPlane> {
    this.#linkBinaries();
    this.#spawn("etcd", processes.etcdArgs());
    const tokens = writeCredentials(this.#dir, USERS);
    const port = await freePort();
    const policy = typeof this.#audit === "string" ? this.#audit : processes.AUDIT_POLICY;
    fs.writeFileSync(join(this.#dir, processes.AUDIT_POLICY_FILE), policy);
    await this.#until("etcd listens", () =>
      Promise.resolve(fs.existsSync(join(this.#dir, processes.ETCD_SOCKET))),
    );
    this.#spawn("kube-apiserver", processes.apiserverArgs(port, this.#audit !== false));

    const api = await this.#client(`https://127.0.0.1:${port}`, tokens.admin);
    await this.#startControllers(api, tokens);
    await this.#until(
      "kube-controller-manager and kwok make the Nodes and the default ServiceAccount ready",
      () => this.#isUsable(api),
    );
    const controlPlane: ControlPlane = {
      kubeconfig: this.#kubeconfig("admin"),
      server: api.server,
      dir: this.#dir,
      binDir: this.#binDir,
      etcdSocket: join(this.#dir, processes.ETCD_SOCKET),
      api,
      restart: async (name, downMs) => {
        await this.#without(name, "SIGKILL", () => sleep(downMs));
        await this.#ready(api);
      },
      without: (name, work) => this.#without(name, "SIGTERM", work),
      stop: () => (this.#stopped ??= this.#stop()),
    };
    if (this.#audit !== false) controlPlane.auditLog = join(this.#dir, processes.AUDIT_LOG);
    return controlPlane;
  }

  #linkBinaries(): void {
    fs.mkdirSync(this.#binDir);
    for (const [name, path] of Object.entries(this.binaries)) {
      fs.symlinkSync(path, join(this.#binDir, name));
    }
  }

  /** kube-apiserver makes its own certificate before it does anything else. */
  async #client(server: string, token: string): Promise<ApiClient> {
    const file = join(this.#dir, processes.SERVING_CERTIFICATE);
    let ca = "";
    await this.#until("kube-apiserver writes its certificate", () => {
      ca = fs.readFileSync(file, "utf8");
      return Promise.resolve(ca.endsWith("-----END CERTIFICATE-----\n"));
    });
    return new ApiClient(server, ca, token);
  }

  async #startControllers(api: ApiClient, tokens: Tokens): Promise<void> {
    for (const [user, token] of Object.entries(tokens)) {
      writeKubeconfig(this.#kubeconfig(user as UserName), api.server, api.ca, user, token);
    }
    await this.#ready(api);
    const kubeconfig = (user: UserName): string => this.#kubeconfig(user);
    this.#spawn(
      "kube-controller-manager",
      processes.controllerManagerArgs(kubeconfig("kube-controller-manager")),
    );
    this.#spawn("kube-scheduler", processes.schedulerArgs(kubeconfig("kube-scheduler")));
    this.#spawn("kwok", processes.kwokArgs(kubeconfig("kwok")));
    for (let index = 1; index <= this.#nodes; index++) {
      await api.post("/api/v1/nodes", fakeNode(index));
    }
  }

  #ready(api: ApiClient): Promise<void> {
    return this.#until("kube-apiserver is ready", async () => {
      const { status } = await api.get("/readyz");
      return status === 200;
    });
  }

  async #isUsable(api: ApiClient): Promise<boolean> {
    const [nodes, account] = await Promise.all([
      api.get("/api/v1/nodes"),
      api.get("/api/v1/namespaces/default/serviceaccounts/default"),
    ]);
    return account.status === 200 && areSchedulable(nodes.body, this.#nodes);
  }

  #kubeconfig(user: UserName): string {
    return join(this.#dir, `${user}.kubeconfig`);
  }

  #spawn(name: BinaryName, args: string[]): void {
    // By its path in this folder, so that `ps` shows which control plane a process belongs to.
    const binary = join(this.#binDir, name);
    const child = new Child(name, binary, args, this.#dir, this.#watchdog, error => {
      if (this.#up) this.#progress(error.message);
      if (this.#up && this.#keepControllers && !CORE.includes(name)) {
        setTimeout(() => {
          if (!this.#stopped) this.#spawn(name, args);
        }, RESPAWN_MS);
      } else {
        this.#death.abort(error);
      }
    });
    this.#children.set(name, { child, args });
  }

  async #without(
    name: BinaryName,
    signal: "SIGTERM" | "SIGKILL",
    work: () => Promise<void>,
  ): Promise<void> {
    const running = this.#children.get(name);
    await running?.child.stop(signal);
    try {
      await work();
    } finally {
      // The control plane may have been stopped in the meantime.
      if (running && !this.#stopped) this.#spawn(name, running.args);
    }
  }

  async #until(what: string, check: () => Promise<boolean>): Promise<void> {
    try {
      await until(what, READY_TIMEOUT_MS, check, this.#death.signal);
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      const logs = [...this.#children].map(([name, { child }]) => `${name}:\n${child.lastLines()}`);
      throw new Error([error.message, ...logs].join("\n\n"), { cause: error });
    }
  }

  async #stop(): Promise<void> {
    // etcd last: kube-apiserver would wait for it instead of ending.
    const etcd = this.#children.get("etcd");
    const others = [...this.#children.values()].filter(running => running !== etcd);
    await Promise.all(others.map(({ child }) => child.stop()));
    await etcd?.child.stop();
    fs.rmSync(this.#dir, { recursive: true, force: true, maxRetries: 5 });
    await this.#watchdog.close();
  }
}
