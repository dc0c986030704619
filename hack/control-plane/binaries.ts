import { cacheDir } from "./cache";
import { folderSource } from "./folder-source";
import { GO_MINIMUM, goBuildSource } from "./go-build";
import { currentPlatform } from "./platform";
import { ReleaseSource } from "./release-source";
import type { Source } from "./source";
import { BINARY_NAMES } from "./versions";

/** The paths of all binaries of the control plane. */
export type Binaries = Record<(typeof BINARY_NAMES)[number], string>;

let underWay: Promise<Binaries> | undefined;

/**
 * Gets all binaries, each from the first source which has it: the folder KUBEBUILDER_ASSETS, the
 * project's cache, the official release, a build with Go. The latter two fill the cache; with
 * nothing in it the builds take minutes. Calls at the same time share one run.
 *
 * @param progress told which binary is being downloaded or built, and how far that is
 * @throws if a binary cannot be had; the message has the reason of each source and what to do
 */
export async function ensureBinaries(progress: (message: string) => void): Promise<Binaries> {
  if (underWay !== undefined) {
    progress("waiting for the binaries, which another start is getting");
    return underWay;
  }
  underWay = getBinaries(BINARY_NAMES, defaultSources(), progress);
  try {
    return await underWay;
  } finally {
    underWay = undefined;
  }
}

export function defaultSources(env: NodeJS.ProcessEnv = process.env): Source[] {
  const cache = cacheDir(env);
  return [
    folderSource("KUBEBUILDER_ASSETS", env.KUBEBUILDER_ASSETS),
    folderSource("the cache", cache),
    new ReleaseSource(cache),
    goBuildSource(cache),
  ];
}

/**
 * Gets several binaries, each from the first source which has it.
 *
 * @throws if one cannot be had, as `getBinary` does
 */
export async function getBinaries<Name extends string>(
  names: readonly Name[],
  sources: Source<Name>[],
  progress: (message: string) => void,
): Promise<Record<Name, string>> {
  const paths: Partial<Record<Name, string>> = {};
  for (const [index, name] of names.entries()) {
    paths[name] = await getBinary(name, sources, how => {
      progress(`${index + 1} of ${names.length}: ${name}: ${how}`);
    });
  }
  return paths as Record<Name, string>;
}

/**
 * Gets one binary from the first source which has it.
 *
 * @throws if none has; the message has the reason of each source and what to do
 */
export async function getBinary<Name extends string>(
  name: Name,
  sources: Source<Name>[],
  report: (how: string) => void,
): Promise<string> {
  const reasons: string[] = [];
  for (const source of sources) {
    try {
      return await source.get(name, report);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      reasons.push(`- ${source.description}: ${why}`);
    }
  }
  const { os, arch } = currentPlatform();
  throw new Error(
    [
      `no ${name} for ${os}/${arch} to be had:`,
      ...reasons,
      `Install Go ${GO_MINIMUM} or newer (https://go.dev/doc/install), or set KUBEBUILDER_ASSETS ` +
        `to a folder which has it.`,
    ].join("\n"),
  );
}
