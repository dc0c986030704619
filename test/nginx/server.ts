import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { READY_PATH, type NginxPaths } from "../../capabilities/domain/page/nginx";
import { send } from "../support/http-client";

/** Any user but root, so that nginx meets what it meets in the Pod. */
const NOBODY = 65534;
const START_TIMEOUT_MS = 10_000;

const PATH = [process.env.PATH, "/usr/sbin"].filter(Boolean).join(delimiter);
const RUN_AS = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

/** Fails, and says what to install, if there is no nginx. */
export function requireNginx(): void {
  const { error } = spawnSync("nginx", ["-v"], { env: { PATH } });
  if (error) {
    throw new Error("nginx is not installed; these tests need it: apt-get install -y nginx-light", {
      cause: error,
    });
  }
}

/** A folder with the page's files as a downwardAPI volume has them, and one like the Pod's /tmp. */
export class PageFolder {
  readonly #root = mkdtempSync(join(tmpdir(), "fallback-page-"));
  readonly paths: NginxPaths;

  constructor() {
    this.paths = { files: join(this.#root, "files"), scratch: join(this.#root, "scratch") };
    mkdirSync(this.paths.scratch);
    chmodSync(this.#root, 0o755);
    chownSync(this.paths.scratch, RUN_AS.uid ?? -1, RUN_AS.gid ?? -1);
  }

  /** Replaces what is there. The kubelet writes a folder and links to what is in it. */
  write(files: Record<string, string>): void {
    rmSync(this.paths.files, { recursive: true, force: true });
    mkdirSync(join(this.paths.files, "..2020_01_01"), { recursive: true });
    symlinkSync("..2020_01_01", join(this.paths.files, "..data"));
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(this.paths.files, "..data", name), text);
      symlinkSync(join("..data", name), join(this.paths.files, name));
    }
  }

  get config(): string {
    return join(this.paths.files, "nginx.conf");
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}

/** What `nginx -t` says against the configuration; empty if it accepts it without a warning. */
export function configFaults(folder: PageFolder): string {
  const test = spawnSync("nginx", ["-t", "-c", folder.config], {
    ...{ env: { PATH }, encoding: "utf8", ...RUN_AS },
  });
  return test.stderr
    .split("\n")
    .filter(line => !/ (syntax is ok|test is successful)$/.test(line))
    .join("\n");
}

/** A running nginx. */
export class Nginx {
  #stderr = "";
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(folder: PageFolder) {
    this.#process = spawn("nginx", ["-c", folder.config], {
      ...{ env: { PATH }, stdio: ["ignore", "ignore", "pipe"], ...RUN_AS },
    });
    this.#process.stderr?.on("data", chunk => (this.#stderr += String(chunk)));
    this.#ended = new Promise(resolve => this.#process.once("close", resolve));
  }

  /** Starts nginx on the files in `folder` and waits until it answers on `port`. */
  static async start(folder: PageFolder, port: number): Promise<Nginx> {
    const nginx = new Nginx(folder);
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await isReady(port))) {
      if (nginx.#process.exitCode !== null || Date.now() > deadline) {
        await nginx.stop();
        throw new Error(`nginx does not answer on port ${port}:\n${nginx.#stderr}`);
      }
    }
    return nginx;
  }

  /** What nginx has complained about so far. */
  get complaints(): string {
    return this.#stderr;
  }

  async stop(): Promise<void> {
    // SIGTERM: at once, without waiting for clients.
    this.#process.kill("SIGTERM");
    await this.#ended;
  }
}

async function isReady(port: number): Promise<boolean> {
  const answer = await send(port, { path: READY_PATH }).catch(() => undefined);
  return answer?.status === 200;
}

/** Ports that nothing listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0));
  const ports = servers.map(server => (server.address() as AddressInfo).port);
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
  return ports;
}
