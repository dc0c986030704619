import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "../../control-plane/cache";
import { packImage } from "../oci";
import { NGINX, NGINX_UNPRIVILEGED } from "./nginx";
import { pause } from "./pause";
import { peprController } from "./pepr-controller";
import type { Recipe } from "./recipe";

/**
 * Packs the images that the node has, unless they are in the cache.
 *
 * @param pauseBinary the program in the image of the Pods' sandboxes
 * @returns their OCI archives
 */
export async function ensureImages(
  pauseBinary: string,
  progress: (message: string) => void,
): Promise<string[]> {
  const source = await sourceHash();
  const files: string[] = [];
  for (const recipe of [pause(pauseBinary), NGINX_UNPRIVILEGED, NGINX, peprController()]) {
    files.push(await ensureImage(recipe, source, progress));
  }
  return files;
}

async function ensureImage(
  recipe: Recipe,
  source: string,
  progress: (message: string) => void,
): Promise<string> {
  const parts = [source, recipe.name, ...(await recipe.ingredients())];
  const key = createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 16);
  const [name = ""] = recipe.name.split("/").slice(-1);
  const file = join(cacheFolder("images"), `${name.replace(":", "_")}_${key}.tar`);
  if (existsSync(file)) return file;
  progress(`packing ${recipe.name}`);
  const root = await mkdtemp(join(tmpdir(), "critical-service-operator-image-"));
  try {
    await chmod(root, 0o755);
    await recipe.fill(root);
    await packImage(recipe.name, recipe.config, root, file);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
  return file;
}

/** Another way to make images makes other images. */
async function sourceHash(): Promise<string> {
  const hash = createHash("sha256");
  const recipes = (await readdir(__dirname)).sort().map(name => join(__dirname, name));
  for (const file of [...recipes, join(__dirname, "..", "oci.ts")]) {
    hash.update(await readFile(file));
  }
  return hash.digest("hex");
}
