import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { install } from "./cache";
import { currentPlatform } from "./platform";
import type { Source } from "./source";
import { KUBERNETES_VERSION, type BinaryName } from "./versions";
import type { Watchdog } from "./watchdog";

/** From this version on Go fetches the newer toolchain that a go.mod asks for, if need be. */
export const GO_MINIMUM = "1.25";

const REPORT_EVERY_MS = 10_000;
const ERROR_LINES = 12;

/** A main package, in a module in `go/` that pins it and all that it needs. */
interface GoTool {
  module: string;
  package: string;
  ldflags?: string;
}

/** @param dir the folder that binaries are put into */
export function goBuildSource(dir: string): Source {
  return {
    description: "a build with Go",
    async get(name, report) {
      await requireGo();
      return install(dir, name, (workDir, watchdog) =>
        build(goTool(name), join(workDir, name), watchdog, report),
      );
    },
  };
}

function goTool(name: BinaryName): GoTool {
  if (name === "etcd") return { module: "etcd", package: "go.etcd.io/etcd/server/v3" };
  if (name === "kwok") return { module: "kwok", package: "sigs.k8s.io/kwok/cmd/kwok" };
  const version = "k8s.io/component-base/version";
  const [major, minor] = KUBERNETES_VERSION.slice(1).split(".");
  const values = {
    gitVersion: KUBERNETES_VERSION,
    gitMajor: major,
    gitMinor: minor,
    gitTreeState: "clean",
  };
  return {
    module: "kubernetes",
    package: `k8s.io/kubernetes/cmd/${name}`,
    ldflags: Object.entries(values)
      .map(([key, value]) => `-X ${version}.${key}=${value ?? ""}`)
      .join(" "),
  };
}

async function requireGo(): Promise<void> {
  let version: string;
  try {
    // Not in a folder with a go.mod: that could fetch another toolchain first.
    const go = await promisify(execFile)("go", ["env", "GOVERSION"], { cwd: tmpdir() });
    version = go.stdout.trim();
  } catch (error) {
    throw new Error("the command go is not there or does not work", { cause: error });
  }
  const minor = Number(/^go1\.(\d+)/.exec(version)?.[1] ?? 0);
  if (minor < Number(GO_MINIMUM.split(".")[1])) throw new Error(`${version} is too old`);
}

async function build(
  tool: GoTool,
  output: string,
  watchdog: Watchdog,
  report: (how: string) => void,
): Promise<void> {
  const { os, arch } = currentPlatform();
  const ldflags = ["-s -w", tool.ldflags].filter(Boolean).join(" ");
  const go = spawn(
    "go",
    ["build", "-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", ldflags]
      .concat("-o", output)
      .concat(tool.package),
    {
      cwd: join(__dirname, "go", tool.module),
      // The platform of this machine and the pinned modules, whatever the caller's shell is set to.
      env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off", GOOS: os, GOARCH: arch, GOFLAGS: "" },
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  const begin = Date.now();
  const say = (): void => {
    report(`building, ${Math.round((Date.now() - begin) / 1000)} s`);
  };
  const timer = setInterval(say, REPORT_EVERY_MS);
  let errors = "";
  go.stderr.setEncoding("utf8").on("data", (chunk: string) => (errors += chunk));
  if (go.pid !== undefined) watchdog.started(go.pid);
  say();
  try {
    const [code] = (await once(go, "close")) as [number | null];
    if (code !== 0) throw new Error(`go build ${tool.package} failed:\n${tail(errors)}`);
  } finally {
    clearInterval(timer);
    if (go.pid !== undefined) watchdog.ended(go.pid);
  }
}

function tail(errors: string): string {
  const lines = errors
    .split("\n")
    .filter(line => line !== "" && !line.startsWith("go: downloading"));
  return lines.slice(-ERROR_LINES).join("\n");
}
