import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { run } from "./run";

/** Something that one of Debian's packages brings. */
export interface Requirement {
  /** As the error names the package. */
  readonly package: string;
  /** A command whose success proves that it is there. */
  readonly proof: readonly [string, ...string[]];
}

/** What the node runs with. */
export const RUN_REQUIREMENTS: readonly Requirement[] = [
  { package: "util-linux", proof: ["nsenter", "--version"] },
  { package: "iproute2", proof: ["ip", "-V"] },
  { package: "nftables", proof: ["nft", "--version"] },
  { package: "iptables", proof: ["iptables", "--version"] },
  { package: "conntrack", proof: ["conntrack", "--version"] },
];

/** What the images are made of. */
export const IMAGE_REQUIREMENTS: readonly Requirement[] = [
  { package: "nginx-light", proof: ["nginx", "-v"] },
  { package: "busybox-static", proof: ["busybox", "true"] },
  { package: "tar", proof: ["tar", "--version"] },
];

/** What a build of runc needs. */
export const BUILD_REQUIREMENTS: readonly Requirement[] = [
  { package: "gcc", proof: ["gcc", "--version"] },
  { package: "pkg-config", proof: ["pkg-config", "--version"] },
  { package: "libseccomp-dev", proof: ["pkg-config", "--exists", "libseccomp"] },
];

// An administrator's policy; `invoke-rc.d` asks it before a package starts a service.
const POLICY = "/usr/sbin/policy-rc.d";

/** @returns the packages whose proofs fail */
export function missingPackages(requirements: readonly Requirement[]): string[] {
  return requirements
    .filter(({ proof: [command, ...args] }) => spawnSync(command, args).status !== 0)
    .map(requirement => requirement.package);
}

export function hasApt(): boolean {
  return spawnSync("apt-get", ["--version"]).status === 0;
}

/** Somebody else may be installing at the same time, such as the system's own updates. */
const APT = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"];

/**
 * Installs what is missing with apt-get.
 *
 * @throws with the names of the packages if there is no apt-get, or if it fails
 */
export async function ensurePackages(
  requirements: readonly Requirement[],
  progress: (message: string) => void,
): Promise<void> {
  const missing = missingPackages(requirements);
  if (missing.length === 0) return;
  const names = missing.join(" ");
  if (!hasApt()) throw new Error(`install what these packages of Debian have: ${names}`);
  progress(`installing with apt-get: ${names}`);
  await withoutServices(async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    await run([...APT, "update"], { env });
    await run([...APT, "install", "-y", "--no-install-recommends", ...missing], { env });
  });
  const still = missingPackages(requirements);
  if (still.length > 0) throw new Error(`still missing after apt-get install: ${still.join(" ")}`);
}

/** The nginx of this machine is wanted for its files; as a service it would take port 80. */
async function withoutServices(install: () => Promise<void>): Promise<void> {
  if (existsSync(POLICY)) return install();
  writeFileSync(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    await install();
  } finally {
    rmSync(POLICY, { force: true });
  }
}
