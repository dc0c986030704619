import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { currentPlatform } from "../control-plane/platform";
import { run } from "./run";

/** How a container of an image runs; the terms are OCI's. */
export interface ImageConfig {
  Entrypoint?: string[];
  Cmd?: string[];
  User?: string;
  WorkingDir?: string;
  Env?: string[];
  ExposedPorts?: Record<string, object>;
  StopSignal?: string;
}

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

const OCI = "application/vnd.oci.image";
const PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Packs a root file system as an OCI image archive of one layer.
 *
 * @param name the full name: registry, repository and tag
 * @param root the folder of the root file system; owners and modes count
 * @param file the archive; it is there when it is complete
 */
export async function packImage(
  name: string,
  config: ImageConfig,
  root: string,
  file: string,
): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const layout = await mkdtemp(join(dirname(file), ".new-"));
  try {
    await mkdir(join(layout, "blobs", "sha256"), { recursive: true });
    const layer = await addLayer(layout, root);
    const image = await addJson(layout, `${OCI}.config.v1+json`, {
      os: "linux",
      architecture: currentPlatform().arch,
      config: { ...config, Env: [PATH, ...(config.Env ?? [])] },
      rootfs: { type: "layers", diff_ids: [layer.digest] },
    });
    const manifestType = `${OCI}.manifest.v1+json`;
    const manifest = await addJson(layout, manifestType, {
      schemaVersion: 2,
      mediaType: manifestType,
      config: image,
      layers: [layer],
    });
    await writeJson(join(layout, "oci-layout"), { imageLayoutVersion: "1.0.0" });
    await writeJson(join(layout, "index.json"), {
      schemaVersion: 2,
      mediaType: `${OCI}.index.v1+json`,
      // containerd names the image by this annotation.
      manifests: [{ ...manifest, annotations: { "io.containerd.image.name": name } }],
    });
    const archive = join(layout, "archive.tar");
    await run(["tar", "-cf", archive, "-C", layout, "oci-layout", "index.json", "blobs"]);
    await rename(archive, file);
  } finally {
    await rm(layout, { recursive: true, force: true });
  }
}

async function addLayer(layout: string, root: string): Promise<Descriptor> {
  const tar = join(layout, "layer.tar");
  await run(["tar", "--numeric-owner", "-cf", tar, "-C", root, "."]);
  const hash = createHash("sha256");
  await pipeline(createReadStream(tar), hash);
  const hex = hash.digest("hex");
  const { size } = await stat(tar);
  await rename(tar, blob(layout, hex));
  return { mediaType: `${OCI}.layer.v1.tar`, digest: `sha256:${hex}`, size };
}

async function addJson(layout: string, mediaType: string, value: object): Promise<Descriptor> {
  const content = JSON.stringify(value);
  const hex = createHash("sha256").update(content).digest("hex");
  await writeFile(blob(layout, hex), content);
  return { mediaType, digest: `sha256:${hex}`, size: Buffer.byteLength(content) };
}

function blob(layout: string, hex: string): string {
  return join(layout, "blobs", "sha256", hex);
}

function writeJson(file: string, value: object): Promise<void> {
  return writeFile(file, JSON.stringify(value));
}
