import { join } from "node:path";
import { isExecutable } from "./cache";
import type { Source } from "./source";

/** Binaries that are in a folder already. */
export function folderSource(description: string, dir: string | undefined): Source<string> {
  return {
    description,
    async get(name) {
      if (dir === undefined || dir === "") throw new Error("is not set");
      const file = join(dir, name);
      if (!(await isExecutable(file))) throw new Error(`has no ${name} (${dir})`);
      return file;
    },
  };
}
