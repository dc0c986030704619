/** A platform in Go's terms, which the projects name their release files by. */
export interface Platform {
  os: string;
  arch: string;
}

/** @throws on a platform that the control plane does not run on, such as Windows */
export function currentPlatform(): Platform {
  const { platform: os, arch: nodeArch } = process;
  const arch = nodeArch === "x64" ? "amd64" : nodeArch;
  if ((os !== "linux" && os !== "darwin") || (arch !== "amd64" && arch !== "arm64")) {
    throw new Error(
      `the control plane runs on Linux and macOS (amd64, arm64), not on ${os}/${arch}`,
    );
  }
  return { os, arch };
}
