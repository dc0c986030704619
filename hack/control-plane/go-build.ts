import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { install } from "./cache";
import { currentPlatform } from "./platform";
import type { Source } from "./source";
import { KUBERNETES_VERSION, type BinaryName } from "./versions";
import type { Watchdog } from "./watchdog";

/** From this version on Go fetches the newer toolchain that a go.mod asks for, if need be. */
export const GO_MINIMUM = "1.25";

const REPORT_EVERY_MS = 10_000;
const ERROR_LINES = 12;

/** A main package, and the module that pins it and all that it needs. */
export interface GoTool {
  /** The folder of the go.mod. */
  module: string;
  package: string;
  ldflags?: string;
  tags?: string;
  /** Whether it needs a C compiler. */
  cgo?: boolean;
}

/**
 * Builds with Go.
 *
 * @param dir the folder that binaries are put into
 * @param toolOf what a binary is built from; by default those of this folder's modules
 */
export function goBuildSource(dir: string): Source;
export function goBuildSource<Name extends string>(
  dir: string,
  toolOf: (name: Name) => GoTool,
): Source<Name>;
export function goBuildSource(
  dir: string,
  toolOf: (name: never) => GoTool = goTool,
): Source<never> {
  return {
    description: "a build with Go",
    async get(name, report) {
      const why = whyNoGo();
      if (why !== undefined) throw new Error(why);
      return install(dir, name, (workDir, watchdog) =>
        build(toolOf(name), join(workDir, name), watchdog, report),
      );
    },
  };
}

function goTool(name: BinaryName): GoTool {
  const module = (folder: string): string => join(__dirname, "go", folder);
  if (name === "etcd") return { module: module("etcd"), package: "go.etcd.io/etcd/server/v3" };
  if (name === "kwok") return { module: module("kwok"), package: "sigs.k8s.io/kwok/cmd/kwok" };
  const version = "k8s.io/component-base/version";
  const [major, minor] = KUBERNETES_VERSION.slice(1).split(".");
  const values = {
    gitVersion: KUBERNETES_VERSION,
    gitMajor: major,
    gitMinor: minor,
    gitTreeState: "clean",
  };
  return {
    module: module("kubernetes"),
    package: `k8s.io/kubernetes/cmd/${name}`,
    ldflags: Object.entries(values)
      .map(([key, value]) => `-X ${version}.${key}=${value ?? ""}`)
      .join(" "),
  };
}

/** @returns why Go can't build here, or undefined if it can */
export function whyNoGo(): string | undefined {
  let version: string;
  try {
    // Not in a folder with a go.mod: that could fetch another toolchain first.
    const go = execFileSync("go", ["env", "GOVERSION"], { cwd: tmpdir(), stdio: "pipe" });
    version = go.toString().trim();
  } catch {
    return "the command go is not there or does not work";
  }
  const minor = Number(/^go1\.(\d+)/.exec(version)?.[1] ?? 0);
  return minor < Number(GO_MINIMUM.split(".")[1]) ? `${version} is too old` : undefined;
}

async function build(
  tool: GoTool,
  output: string,
  watchdog: Watchdog,
  report: (how: string) => void,
): Promise<void> {
  const { os, arch } = currentPlatform();
  const CGO_ENABLED = tool.cgo ? "1" : "0";
  const ldflags = ["-s -w", tool.ldflags].filter(Boolean).join(" ");
  const go = spawn(
    "go",
    ["build", "-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", ldflags]
      .concat("-tags", tool.tags ?? "")
      .concat("-o", output)
      .concat(tool.package),
    {
      cwd: tool.module,
      // The platform of this machine and the pinned modules, whatever the caller's shell is set to.
      env: { ...process.env, CGO_ENABLED, GOWORK: "off", GOOS: os, GOARCH: arch, GOFLAGS: "" },
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
