import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { chmod, copyFile, mkdir, realpath, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { run } from "../run";

/** Where a command of this machine is. */
export async function commandPath(command: string): Promise<string> {
  const path = await run(["/bin/sh", "-c", 'command -v "$0"', command]);
  return path.trim();
}

/** The SHA-256 of a file. */
export async function fileHash(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** Writes a text file, and the folders above it. */
export async function addFile(
  root: string,
  path: string,
  content: string,
  mode = 0o644,
): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content, { mode });
}

/** Makes a folder that every user can write to. */
export async function addWritableFolder(root: string, path: string): Promise<void> {
  await mkdir(join(root, path), { recursive: true });
  await chmod(join(root, path), 0o1777);
}

/** Copies a program of this machine with the shared libraries that it is linked to. */
export async function addProgram(root: string, program: string, path: string): Promise<void> {
  await addCopy(root, program, path);
  for (const library of await sharedLibraries(program)) {
    if (!existsSync(join(root, library))) await addCopy(root, library, library);
  }
}

/** The users that a process can be, by name. */
export async function addUsers(root: string, users: Record<string, number>): Promise<void> {
  const entries = Object.entries({ root: 0, ...users, nobody: 65534 });
  const passwd = entries.map(([name, id]) => `${name}:x:${id}:${id}::/:/bin/sh\n`);
  const group = entries.map(([name, id]) => `${name}:x:${id}:\n`);
  await addFile(root, "/etc/passwd", passwd.join(""));
  await addFile(root, "/etc/group", group.join(""));
}

/** A shell and the usual commands, for `kubectl exec`. */
export async function addBusybox(root: string): Promise<void> {
  const busybox = await commandPath("busybox");
  await addCopy(root, busybox, "/bin/busybox");
  const applets = (await run([busybox, "--list"])).split("\n").filter(Boolean);
  for (const applet of applets) {
    if (applet !== "busybox") await symlink("/bin/busybox", join(root, "bin", applet));
  }
}

async function addCopy(root: string, file: string, path: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await copyFile(await realpath(file), join(root, path));
}

async function sharedLibraries(program: string): Promise<string[]> {
  const lines = (await run(["ldd", program])).split("\n");
  return lines.flatMap(line => /(?:^\s*|=> )(\/\S+)/.exec(line)?.[1] ?? []);
}
