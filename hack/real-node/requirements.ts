import { spawnSync } from "node:child_process";
import { whyNoGo } from "../control-plane/go-build";
import { IMAGE_REQUIREMENTS, RUN_REQUIREMENTS, hasApt, missingPackages } from "./packages";

/** @returns why this machine can't have a node, or undefined if it can */
export function whyNot(): string | undefined {
  if (process.platform !== "linux") return `a node needs Linux, this is ${process.platform}`;
  if (process.getuid?.() !== 0) return "a node needs root";
  return whyNoNamespaces() ?? whyNoBuild() ?? whyNoPackages();
}

function whyNoNamespaces(): string | undefined {
  const probe = ["--net", "--mount", "--pid", "--fork", "--mount-proc", "true"];
  const { status, error, stderr } = spawnSync("unshare", probe, { encoding: "utf8" });
  if (error !== undefined) return `no unshare: ${error.message}`;
  return status === 0 ? undefined : `no namespaces can be made: ${stderr.trim()}`;
}

function whyNoBuild(): string | undefined {
  const why = whyNoGo();
  return why === undefined ? undefined : `the node is built with Go: ${why}`;
}

function whyNoPackages(): string | undefined {
  const missing = missingPackages([...RUN_REQUIREMENTS, ...IMAGE_REQUIREMENTS]);
  if (missing.length === 0 || hasApt()) return undefined;
  return `without apt-get, install what these packages of Debian have: ${missing.join(" ")}`;
}
