import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { getBinary } from "../../control-plane/binaries";
import { cacheFolder } from "../../control-plane/cache";
import { folderSource } from "../../control-plane/folder-source";
import { goBuildSource } from "../../control-plane/go-build";

const FOLDER = join(__dirname, "floor");

/**
 * Builds the floor, unless this very one was built already.
 *
 * @returns its path
 * @throws if Go can't build it
 */
export function floorBinary(print: (line: string) => void): Promise<string> {
  const sources = ["main.go", "go.mod", "go.sum"].map(name => readFileSync(join(FOLDER, name)));
  const hash = createHash("sha256").update(Buffer.concat(sources)).digest("hex").slice(0, 12);
  const dir = join(cacheFolder(`bench-floor-${hash}`), "bin");
  const build = goBuildSource<"floor">(dir, () => ({ module: FOLDER, package: "." }));
  return getBinary("floor", [folderSource("the cache", dir), build], how => {
    print(`the floor: ${how}`);
  });
}
