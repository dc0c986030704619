import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import {
  ChildEndedError,
  ensureBinaries,
  startControlPlane,
  type ControlPlane,
} from "../../hack/control-plane";
import { ApiClient } from "../../hack/control-plane/api-client";
import { kubectl } from "../support/kubectl";

// The first run on a machine builds the binaries.
const BUILD_MS = 20 * 60_000;
const START_MS = 90_000;
const WAIT = { timeout: 20_000, interval: 100 };
const run = promisify(execFile);

/** Running processes whose command line has the folder of a control plane. */
async function processesOf(dir: string): Promise<string[]> {
  const { stdout } = await run("ps", ["-A", "-ww", "-o", "args="], { maxBuffer: 2 ** 24 });
  return stdout.split("\n").filter(line => line.includes(dir));
}

beforeAll(() => ensureBinaries(() => undefined), BUILD_MS);

describe("a control plane", () => {
  let cp: ControlPlane;
  let other: ControlPlane;
  const messages: string[] = [];

  beforeAll(async () => {
    [cp, other] = await Promise.all([
      startControlPlane({ audit: true, nodes: 2, progress: m => messages.push(m) }),
      startControlPlane(),
    ]);
  }, START_MS);

  afterAll(() => Promise.all([cp.stop(), other.stop()]), START_MS);

  it("reports what is going on", () => {
    expect(messages.at(-1)).toMatch(/^control plane ready in \d+\.\d s$/);
  });

  it("runs beside another one", async () => {
    expect(cp.server).not.toBe(other.server);
    await kubectl(cp, "create", "namespace", "only-here");
    expect(await kubectl(other, "get", "namespaces", "-o", "name")).not.toContain("only-here");
    expect(await kubectl(cp, "get", "nodes", "-o", "name")).toBe("node/node-1\nnode/node-2");
    expect(await kubectl(other, "get", "nodes", "-o", "name")).toBe("node/node-1");
  });

  it("is of the pinned version, on loopback, with a certificate to verify", async () => {
    expect(cp.server).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const kubeconfig = readFileSync(cp.kubeconfig, "utf8");
    const field = (name: string): string =>
      new RegExp(`${name}: (\\S+)`).exec(kubeconfig)?.[1] ?? "";
    const ca = Buffer.from(field("certificate-authority-data"), "base64").toString();
    const api = new ApiClient(field("server"), ca, field("token"));
    const { status, body } = await api.get("/version");
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ gitVersion: "v1.36.3", major: "1", minor: "36" });
    expect((await new ApiClient(cp.server, ca, "wrong").get("/api/v1/pods")).status).toBe(401);
  });

  it("knows service accounts, and RBAC keeps them from what they may not do", async () => {
    const token = await kubectl(cp, "create", "token", "default");
    const kubeconfig = join(cp.dir, "empty.kubeconfig");
    writeFileSync(kubeconfig, "");
    const ca = `--certificate-authority=${join(cp.dir, "certs", "apiserver.crt")}`;
    const as = (...args: string[]): Promise<string> =>
      kubectl({ ...cp, kubeconfig }, `--server=${cp.server}`, ca, `--token=${token}`, ...args);
    expect(await as("auth", "whoami")).toContain("system:serviceaccount:default:default");
    await expect(as("get", "pods")).rejects.toThrow("cannot list resource");
  });

  it("writes an audit log if asked to", async () => {
    await kubectl(cp, "create", "configmap", "audited", "--from-literal=key=secret-content");
    const lines = readFileSync(cp.auditLog ?? "", "utf8")
      .trimEnd()
      .split("\n");
    const events = lines.map(line => JSON.parse(line) as AuditLine);
    expect(events).toContainEqual(
      expect.objectContaining({
        level: "Metadata",
        verb: "create",
        user: expect.objectContaining({ username: "admin" }) as object,
        objectRef: expect.objectContaining({ resource: "configmaps", name: "audited" }) as object,
      }),
    );
    const whole = events.filter(({ level }) => level !== "Metadata");
    const resources = new Set(whole.map(({ objectRef }) => objectRef?.resource));
    expect([...resources].filter(one => one !== "pods" && one !== "endpointslices")).toEqual([]);
    expect(lines.join()).not.toContain("secret-content");
    expect(other).not.toHaveProperty("auditLog");
  });
});

interface AuditLine {
  level: string;
  objectRef?: { resource?: string };
}

describe("the end", () => {
  let parent: ChildProcess | undefined;

  afterEach(() => {
    parent?.kill("SIGKILL");
    parent = undefined;
  });

  async function isGone(dir: string): Promise<void> {
    await vi.waitFor(async () => {
      expect(await processesOf(dir)).toEqual([]);
      expect(existsSync(dir)).toBe(false);
    }, WAIT);
  }

  it(
    "stop() leaves no process and no folder, however often it is called",
    async () => {
      const cp = await startControlPlane();
      // Five processes of the control plane and the watchdog.
      expect(await processesOf(cp.dir)).toHaveLength(6);
      await Promise.all([cp.stop(), cp.stop()]);
      expect(await processesOf(cp.dir)).toEqual([]);
      expect(existsSync(cp.dir)).toBe(false);
      await cp.stop();
    },
    START_MS,
  );

  it.each(["SIGKILL", "SIGINT", "SIGTERM", "nothing left to do"])(
    "of the caller is the control plane's: %s",
    async how => {
      const stay = how.startsWith("SIG") ? "process.stdin.resume();" : "";
      const index = JSON.stringify(resolve("hack/control-plane/index.ts"));
      const script = `import(${index}).then(({ startControlPlane }) => startControlPlane())
        .then(({ dir }) => { console.log(dir); ${stay} })`;
      const args = ["--import", "tsx", "-e", script];
      parent = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
      if (parent.stdout === null) throw new Error("no stdout");
      const exit = once(parent, "exit");
      const [dir] = (await once(createInterface(parent.stdout), "line")) as [string];
      if (how.startsWith("SIG")) {
        expect(await processesOf(dir)).toHaveLength(6);
        parent.kill(how as NodeJS.Signals);
      }
      await exit;
      await isGone(dir);
    },
    START_MS,
  );

  it.each(["etcd", "kube-scheduler", "kwok"] as const)(
    "of %s during the start is an error with its log, and leaves nothing",
    async name => {
      const folder = mkdtempSync(join(tmpdir(), "early-end-"));
      const [assets, tmp] = [join(folder, "assets"), join(folder, "tmp")];
      mkdirSync(assets);
      mkdirSync(tmp);
      for (const [binary, file] of Object.entries(await ensureBinaries(() => undefined))) {
        if (binary !== name) symlinkSync(realpathSync(file), join(assets, binary));
      }
      writeFileSync(join(assets, name), "#!/bin/sh\necho cannot work >&2\nexit 3\n");
      chmodSync(join(assets, name), 0o755);
      vi.stubEnv("KUBEBUILDER_ASSETS", assets);
      vi.stubEnv("TMPDIR", tmp);
      try {
        const error = await startControlPlane().catch((e: unknown) => e);
        expect(error).toBeInstanceOf(ChildEndedError);
        expect((error as Error).message).toBe(
          `${name} ended (exit code 3); the end of its log:\ncannot work`,
        );
        expect(readdirSync(tmp)).toEqual([]);
        expect(await processesOf(tmp)).toEqual([]);
      } finally {
        vi.unstubAllEnvs();
        rmSync(folder, { recursive: true });
      }
    },
    START_MS,
  );
});
