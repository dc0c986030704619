import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../control-plane/until";
import { run, type RunOptions } from "./run";
import { BIN, inState, STATE } from "./state";

const TIMEOUT_MS = 20_000;

/** Process 1 of the node, by the path that it is started with. */
const INIT = join(BIN, "pause");

/** Folders that the node has for itself: nothing of it is left in those of this machine. */
const OWN_FOLDERS = ["/run", "/var/lib", "/var/log"];

/**
 * Kernel parameters of the whole machine, with the values that the kubelet wants. It writes those
 * which differ; in the sandbox it reads these, so that the machine keeps its own.
 */
const KERNEL_PARAMETERS: Record<string, string> = {
  "/proc/sys/kernel/keys/root_maxbytes": "25000000",
  "/proc/sys/kernel/keys/root_maxkeys": "1000000",
  "/proc/sys/kernel/panic": "10",
  "/proc/sys/kernel/panic_on_oops": "1",
  "/proc/sys/vm/overcommit_memory": "1",
  "/proc/sys/vm/panic_on_oom": "0",
};

/**
 * The network, mount and process namespaces of the node. They end with process 1, and with them
 * all processes, containers, mounts and network interfaces, whatever state those are in.
 */
export class Sandbox {
  private constructor(
    /** Process 1, as this machine numbers it. */
    readonly pid: number,
  ) {}

  /** The sandbox that is there already. */
  static find(): Sandbox | undefined {
    const pid = readdirSync("/proc").find(entry => /^\d+$/.test(entry) && isInit(entry));
    return pid === undefined ? undefined : new Sandbox(Number(pid));
  }

  static async start(): Promise<Sandbox> {
    const namespaces = ["--net", "--mount", "--pid", "--fork", "--mount-proc"];
    // Mounts of the sandbox stay in it; an unmount outside reaches it, or it would keep that alive.
    const unshare = [...namespaces, "--propagation", "slave", "/bin/sh", "-ec", setUp()];
    let failure: Error | undefined;
    let errors = "";
    const child = spawn("unshare", unshare, {
      detached: true,
      stdio: ["ignore", "ignore", "pipe"],
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (errors += chunk));
    child.once("error", error => (failure = error));
    child.once(
      "exit",
      () => (failure ??= new Error(`the namespaces of the node: ${errors.trim()}`)),
    );
    let sandbox: Sandbox | undefined;
    await until("the namespaces of the node are set up", TIMEOUT_MS, () => {
      if (failure !== undefined) throw failure;
      sandbox = Sandbox.find();
      return Promise.resolve(sandbox !== undefined);
    });
    child.removeAllListeners();
    child.stderr.destroy();
    child.unref();
    if (sandbox === undefined) throw new Error("no sandbox");
    return sandbox;
  }

  /** The command line that runs a program in the sandbox, in the folder of the state. */
  inside(command: readonly string[]): string[] {
    const namespaces = ["--net", "--mount", "--pid"];
    const inFolder = ["/bin/sh", "-c", 'cd "$0" && exec "$@"', STATE];
    return ["nsenter", "--target", String(this.pid), ...namespaces, ...inFolder, ...command];
  }

  run(command: readonly string[], options?: RunOptions): Promise<string> {
    return run(this.inside(command), options);
  }

  /** Ends all that is in it. */
  async kill(): Promise<void> {
    process.kill(this.pid, "SIGKILL");
    // The kernel ends process 1 after all others of its namespace.
    await until("the node's processes have ended", TIMEOUT_MS, () =>
      Promise.resolve(Sandbox.find()?.pid !== this.pid),
    );
  }
}

function isInit(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0", 1)[0] === INIT;
  } catch {
    return false;
  }
}

function mountsOf(...types: string[]): string[] {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  return mounts.flatMap(line => {
    const [, place = "", type = ""] = line.split(" ");
    return types.includes(type) && place !== "/" ? place : [];
  });
}

/** @returns the shell script which prepares the namespaces and becomes process 1 */
function setUp(): string {
  const binds: [string, string][] = OWN_FOLDERS.map(folder => {
    const own = inState("root", folder);
    mkdirSync(own, { recursive: true });
    return [own, folder];
  });
  mkdirSync(inState("kernel"));
  for (const [parameter, value] of Object.entries(KERNEL_PARAMETERS)) {
    const own = inState("kernel", parameter.replaceAll("/", "_"));
    writeFileSync(own, `${value}\n`);
    binds.push([own, parameter]);
  }
  return [
    // Of other containers' mounts there would be a second one, which keeps them alive.
    ...mountsOf("nsfs", "overlay").map(place => `umount --lazy '${place}' || true`),
    ...binds.map(([own, place]) => `mount --bind '${own}' '${place}'`),
    "ip link set lo up",
    "echo 1 >/proc/sys/net/ipv4/ip_forward",
    // Or a Pod's answer to another Pod would bypass kube-proxy on its way back over the bridge.
    "echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables",
    `exec '${INIT}'`,
  ].join("\n");
}
