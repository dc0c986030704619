import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { PAUSE_VERSION } from "../versions";
import type { Recipe } from "./recipe";
import { fileHash } from "./root-fs";

/** The image of each Pod's sandbox. */
export const PAUSE_IMAGE = `docker.io/critical-service-operator/pause:${PAUSE_VERSION}`;

/** @param binary the program, which is linked statically */
export function pause(binary: string): Recipe {
  return {
    name: PAUSE_IMAGE,
    config: { Entrypoint: ["/pause"], User: "65535" },
    ingredients: async () => [await fileHash(binary)],
    fill: root => copyFile(binary, join(root, "pause")),
  };
}
