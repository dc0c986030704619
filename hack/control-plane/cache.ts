import { access, chmod, constants, mkdir, mkdtemp, rename } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { currentPlatform } from "./platform";
import { ETCD_VERSION, KUBERNETES_VERSION, KWOK_VERSION } from "./versions";
import { Watchdog } from "./watchdog";

/** The folder that binaries of these versions for this platform are kept in. */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  const versions = `kubernetes-${KUBERNETES_VERSION}_etcd-${ETCD_VERSION}_kwok-${KWOK_VERSION}`;
  return join(cacheFolder(versions, env), "bin");
}

/** The project's folder for caches of this platform. */
export function cacheFolder(name: string, env: NodeJS.ProcessEnv = process.env): string {
  const { os, arch } = currentPlatform();
  const fallback =
    os === "darwin" ? join(homedir(), "Library", "Caches") : join(homedir(), ".cache");
  const root = env.XDG_CACHE_HOME ?? "";
  return join(root === "" ? fallback : root, "critical-service-operator", `${name}_${os}-${arch}`);
}

export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Puts a binary into a folder in one step: whoever looks sees no binary, or a whole one.
 *
 * @param produce writes the binary as `<workDir>/<name>`. The work folder is removed in any case,
 *   and the processes that the watchdog is told of end, even if this process is killed meanwhile.
 * @returns the path of the binary
 */
export async function install(
  dir: string,
  name: string,
  produce: (workDir: string, watchdog: Watchdog) => Promise<void>,
): Promise<string> {
  await mkdir(dir, { recursive: true });
  // In the same folder, because a rename is atomic within one file system only.
  const workDir = await mkdtemp(join(dir, ".new-"));
  const watchdog = new Watchdog(workDir);
  try {
    await produce(workDir, watchdog);
    await chmod(join(workDir, name), 0o755);
    await rename(join(workDir, name), join(dir, name));
    return join(dir, name);
  } finally {
    await watchdog.close();
  }
}
