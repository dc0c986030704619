import * as fs from "node:fs";
import { ApiClient } from "../control-plane/api-client";
import { writeCredentials } from "../control-plane/credentials";
import { writeKubeconfig } from "../control-plane/kubeconfig";
import { areSchedulable } from "../control-plane/nodes";
import * as processes from "../control-plane/processes";
import { TimeoutError, until } from "../control-plane/until";
import { ensureNodeBinaries, type NodeBinaryName } from "./binaries";
import { createCgroups, removeCgroups } from "./cgroups";
import * as containerd from "./containerd";
import { Daemon } from "./daemon";
import { ensureImages } from "./images";
import { PAUSE_IMAGE } from "./images/pause";
import { kubeletArgs, kubeProxyArgs, writeKubeletConfig } from "./kubelet";
import { connect, disconnect, NODE_ADDRESS, SERVICE_CIDR } from "./network";
import { ensurePackages, IMAGE_REQUIREMENTS, RUN_REQUIREMENTS } from "./packages";
import { whyNot } from "./requirements";
import { run } from "./run";
import { Sandbox } from "./sandbox";
import { BIN, inState, kubeconfigOf, STATE } from "./state";

const READY_TIMEOUT_MS = 90_000;
const PORT = 6443;

/** All are in `system:masters`; each has a name of its own in the audit log. */
const USERS = [
  "admin",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-proxy",
] as const;

type Progress = (message: string) => void;

/** What may be different from one node to the next. */
export interface NodeOptions {
  /** The least time from one sync of kube-proxy to the next, as in Go; its default is 1 s. */
  readonly kubeProxyMinSync?: string | undefined;
}

/**
 * Starts a Kubernetes of one node whose Pods run, and returns when the node is Ready and has its
 * images. It goes on running when this process ends. One that is there already is removed first.
 *
 * @param progress told what is going on, a line each
 * @throws if this machine can't have a node; ChildEndedError if one of its processes ends, with the
 *   last lines of its log; an error with those of all processes if the node is stuck in one step
 */
export async function up(progress: Progress, options: NodeOptions = {}): Promise<void> {
  const why = whyNot();
  if (why !== undefined) throw new Error(why);
  await ensurePackages([...RUN_REQUIREMENTS, ...IMAGE_REQUIREMENTS], progress);
  const binaries = await ensureNodeBinaries(progress);
  const images = await ensureImages(binaries.pause, progress);
  await down();
  fs.mkdirSync(BIN, { recursive: true });
  fs.chmodSync(STATE, 0o700);
  for (const [name, path] of Object.entries(binaries)) fs.symlinkSync(path, `${BIN}/${name}`);
  try {
    await new Start(progress, options).run(images);
  } catch (error) {
    // The logs stay.
    await halt();
    throw new Error(`the node did not start; its logs are in ${inState("logs")}`, { cause: error });
  }
}

/** Removes the node and all that belongs to it, in whatever state it is. */
export async function down(): Promise<void> {
  await halt();
  fs.rmSync(STATE, { recursive: true, force: true, maxRetries: 5 });
}

/** @throws if there is no node, or the file is no OCI archive */
export async function loadImage(file: string): Promise<void> {
  const sandbox = Sandbox.find();
  if (sandbox === undefined) throw new Error("there is no node");
  await containerd.importImage(sandbox, file);
}

async function halt(): Promise<void> {
  await Sandbox.find()?.kill();
  disconnect();
  await removeCgroups();
}

class Start {
  readonly #daemons: Daemon[] = [];
  readonly #death = new AbortController();

  constructor(
    readonly progress: Progress,
    readonly options: NodeOptions,
  ) {}

  async run(images: string[]): Promise<void> {
    // Where these are no modules, they are built in or missing; what needs them will say so.
    await run(["modprobe", "--all", "overlay", "br_netfilter"]).catch(() => undefined);
    createCgroups();
    const sandbox = await Sandbox.start();
    await connect(sandbox);
    try {
      await Promise.all([this.#startRuntime(sandbox, images), this.#startKubernetes(sandbox)]);
    } catch (error) {
      // That a process has ended says more than the failed request which came of it.
      this.#death.signal.throwIfAborted();
      throw error;
    }
  }

  async #startRuntime(sandbox: Sandbox, images: string[]): Promise<void> {
    containerd.writeContainerdConfig(PAUSE_IMAGE);
    this.#spawn(sandbox, "containerd", containerd.containerdArgs());
    await this.#until("containerd answers", () => containerd.isContainerdUp(sandbox));
    this.progress("importing the images");
    for (const image of images) await containerd.importImage(sandbox, image);
    this.progress("the images are in");
  }

  async #startKubernetes(sandbox: Sandbox): Promise<void> {
    const tokens = writeCredentials(STATE, USERS);
    fs.writeFileSync(inState(processes.AUDIT_POLICY_FILE), processes.AUDIT_POLICY);
    this.#spawn(sandbox, "etcd", processes.etcdArgs());
    await this.#until("etcd listens", () =>
      Promise.resolve(fs.existsSync(inState(processes.ETCD_SOCKET))),
    );
    const surroundings = {
      bind: NODE_ADDRESS,
      advertise: NODE_ADDRESS,
      services: SERVICE_CIDR,
      authorizationMode: "Node,RBAC",
    };
    this.#spawn(sandbox, "kube-apiserver", [
      ...processes.apiserverArgs(PORT, true, surroundings),
      // The names of nodes are known to nobody.
      "--kubelet-preferred-address-types=InternalIP",
    ]);
    const api = await this.#client(tokens.admin);
    for (const user of USERS) {
      writeKubeconfig(kubeconfigOf(user), api.server, api.ca, user, tokens[user]);
    }
    await this.#until("kube-apiserver is ready", async () => {
      const { status } = await api.get("/readyz");
      return status === 200;
    });
    this.progress("kube-apiserver is ready");
    this.#startNode(sandbox);
    await this.#until("the Node is Ready, and the default ServiceAccount is there", () =>
      isUsable(api),
    );
    this.progress("the Node is Ready");
  }

  #startNode(sandbox: Sandbox): void {
    writeKubeletConfig();
    this.#spawn(sandbox, "kube-controller-manager", [
      ...processes.controllerManagerArgs(kubeconfigOf("kube-controller-manager")),
      "--use-service-account-credentials",
    ]);
    const scheduler = processes.schedulerArgs(kubeconfigOf("kube-scheduler"));
    this.#spawn(sandbox, "kube-scheduler", scheduler);
    this.#spawn(sandbox, "kubelet", kubeletArgs());
    this.#spawn(sandbox, "kube-proxy", kubeProxyArgs(this.options.kubeProxyMinSync ?? "1s"));
  }

  /** kube-apiserver makes its own certificate before it does anything else. */
  async #client(token: string): Promise<ApiClient> {
    let ca = "";
    await this.#until("kube-apiserver writes its certificate", () => {
      ca = fs.readFileSync(inState(processes.SERVING_CERTIFICATE), "utf8");
      return Promise.resolve(ca.endsWith("-----END CERTIFICATE-----\n"));
    });
    return new ApiClient(`https://${NODE_ADDRESS}:${PORT}`, ca, token);
  }

  #spawn(sandbox: Sandbox, name: NodeBinaryName, args: string[]): void {
    const daemon = new Daemon(name, args, sandbox, error => {
      this.#death.abort(error);
    });
    this.#daemons.push(daemon);
  }

  async #until(what: string, check: () => Promise<boolean>): Promise<void> {
    try {
      await until(what, READY_TIMEOUT_MS, check, this.#death.signal);
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      const logs = this.#daemons.map(daemon => `${daemon.name}:\n${daemon.lastLines()}`);
      throw new Error([error.message, ...logs].join("\n\n"), { cause: error });
    }
  }
}

async function isUsable(api: ApiClient): Promise<boolean> {
  const [nodes, account] = await Promise.all([
    api.get("/api/v1/nodes"),
    api.get("/api/v1/namespaces/default/serviceaccounts/default"),
  ]);
  return account.status === 200 && areSchedulable(nodes.body, 1);
}
