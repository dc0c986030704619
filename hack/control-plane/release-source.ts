import { execFile } from "node:child_process";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { install } from "./cache";
import { download, publishedChecksum, whyUnreachable } from "./download";
import { currentPlatform } from "./platform";
import { findRelease, OFFICIAL_HOSTS, type Release, type ReleaseHosts } from "./releases";
import type { Source } from "./source";
import type { BinaryName } from "./versions";

const REPORT_EVERY_BYTES = 5 * 2 ** 20;

/** The official releases, verified against the checksums published with them. */
export class ReleaseSource implements Source {
  readonly description = "the official release";
  /** Why a host is not asked any more: it did not answer, or failed once. */
  readonly #failed = new Map<string, string>();
  #probed: Promise<unknown> | undefined;

  /** @param dir the folder that binaries are put into */
  constructor(
    readonly dir: string,
    readonly hosts: ReleaseHosts = OFFICIAL_HOSTS,
  ) {}

  async get(name: BinaryName, report: (how: string) => void): Promise<string> {
    try {
      return await this.#get(name, report);
    } catch (error) {
      // Worth a line: the next source takes minutes.
      report(`no official release: ${messageOf(error)}`);
      throw error;
    }
  }

  async #get(name: BinaryName, report: (how: string) => void): Promise<string> {
    const release = findRelease(name, currentPlatform(), this.hosts);
    if (typeof release === "string") throw new Error(release);
    await (this.#probed ??= this.#probe());
    const failed = this.#failed.get(release.origin);
    if (failed !== undefined) throw new Error(failed);
    try {
      return await install(this.dir, name, dir => fetchBinary(release, dir, name, report));
    } catch (error) {
      this.#failed.set(release.origin, messageOf(error));
      throw error;
    }
  }

  /** All hosts at once, so that a machine without network is known as such after 3 s. */
  async #probe(): Promise<void> {
    const probe = async (origin: string): Promise<void> => {
      const why = await whyUnreachable(origin);
      if (why !== undefined) this.#failed.set(origin, why);
    };
    await Promise.all([probe(this.hosts.kubernetes), probe(this.hosts.github)]);
  }
}

async function fetchBinary(
  release: Release,
  dir: string,
  name: BinaryName,
  report: (how: string) => void,
): Promise<void> {
  const sha256 = await publishedChecksum(release.checksumsUrl, release.file);
  const file = join(dir, "download");
  await download(release.url, sha256, file, byteReport(report));
  if (release.archived === undefined) {
    await rename(file, join(dir, name));
    return;
  }
  const strip = release.archived.split("/").length - 1;
  await promisify(execFile)("tar", [
    "-xzf",
    file,
    "-C",
    dir,
    `--strip-components=${strip}`,
    release.archived,
  ]);
}

function byteReport(report: (how: string) => void) {
  let next = 0;
  return (received: number, total: number | undefined): void => {
    if (received < next && received !== total) return;
    next = received + REPORT_EVERY_BYTES;
    const of = total === undefined ? "" : ` of ${mebibytes(total)}`;
    report(`downloading, ${mebibytes(received)}${of} MiB`);
  };
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
