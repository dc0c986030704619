import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { until } from "../control-plane/until";

const ROOT = "/sys/fs/cgroup";
const NAME = "critical-service-operator-node";

/**
 * The parent of the Pods' cgroups, as the kubelet is told. A kubelet removes the Pods that it does
 * not know from its part of the tree: it must not be that of another kubelet.
 */
export const CGROUP_ROOT = `/${NAME}`;

/** The kubelet expects its root to be there. */
export function createCgroups(): void {
  const controllers = join(ROOT, "cgroup.controllers");
  if (existsSync(controllers)) {
    const names = readFileSync(controllers, "utf8").trim().split(" ").filter(Boolean);
    writeFileSync(join(ROOT, "cgroup.subtree_control"), names.map(name => `+${name}`).join(" "));
  }
  for (const hierarchy of hierarchies()) mkdirSync(join(hierarchy, NAME), { recursive: true });
}

/** Removes the cgroups, whose processes must have ended. */
export async function removeCgroups(): Promise<void> {
  for (const hierarchy of hierarchies()) {
    const cgroup = join(hierarchy, NAME);
    // Busy for a moment after the last process has ended.
    await until(`${cgroup} can be removed`, 10_000, () => {
      if (existsSync(cgroup)) removeTree(cgroup);
      return Promise.resolve(true);
    });
  }
}

/** The one tree of version 2, or one for each controller of version 1. */
function hierarchies(): string[] {
  if (existsSync(join(ROOT, "cgroup.procs"))) return [ROOT];
  return subfolders(ROOT).filter(folder => existsSync(join(folder, "cgroup.procs")));
}

function removeTree(cgroup: string): void {
  for (const child of subfolders(cgroup)) removeTree(child);
  rmdirSync(cgroup);
}

function subfolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter(entry => entry.isDirectory()).map(entry => join(folder, entry.name));
}
