import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../run";
import type { Recipe } from "./recipe";
import { addBusybox, addFile, addProgram, addUsers, addWritableFolder, fileHash } from "./root-fs";

const PROJECT = join(__dirname, "..", "..", "..");
const NODE = "/usr/bin/node";
const USER = 65532;

interface Package {
  dependencies: { pepr: string };
}

/** Pepr's controller, of the version that this project is built with. */
export function peprController(): Recipe {
  const file = readFileSync(join(PROJECT, "package.json"), "utf8");
  const { pepr } = (JSON.parse(file) as Package).dependencies;
  return {
    name: `ghcr.io/defenseunicorns/pepr/controller:v${pepr}`,
    config: { Entrypoint: [NODE], User: String(USER), WorkingDir: "/app" },
    ingredients: async () => [await fileHash(process.execPath)],
    fill: root => fill(root, pepr),
  };
}

async function fill(root: string, version: string): Promise<void> {
  await addUsers(root, { nonroot: USER });
  await addBusybox(root);
  await addProgram(root, process.execPath, NODE);
  await run(["chroot", root, NODE, "--version"]);
  await addWritableFolder(root, "/tmp");
  await addWritableFolder(root, "/app");
  await addFile(
    root,
    "/app/package.json",
    JSON.stringify({ private: true, dependencies: { pepr: version } }),
  );
  const flags = ["--omit=dev", "--omit=peer", "--ignore-scripts", "--no-audit", "--no-fund"];
  await run(["npm", "install", ...flags], { cwd: join(root, "app") });
  // Where the Deployments mount the module and the path of its API.
  await mkdir(join(root, "/app/load"));
  await mkdir(join(root, "/app/api-path"));
}
