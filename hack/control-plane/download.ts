import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

const PROBE_TIMEOUT_MS = 3000;
const IDLE_TIMEOUT_MS = 15_000;
const CHECKSUMS_TIMEOUT_MS = 10_000;

/**
 * Finds out within 3 s whether a web server answers; what it answers does not matter.
 *
 * @returns why it does not, or undefined if it does
 */
export async function whyUnreachable(origin: string): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
    await fetch(origin, { method: "HEAD", redirect: "manual", signal });
    return undefined;
  } catch (error) {
    return `${new URL(origin).host} does not answer: ${reason(error)}`;
  }
}

/**
 * Reads the SHA-256 of a file from a published checksum file.
 *
 * @param file the name to look up in lines of `<sha256>  <file>`; a checksum file of the one
 *   binary that it is named after may consist of the checksum alone
 * @throws when the checksum file cannot be had or does not name the file
 */
export async function publishedChecksum(url: string, file: string): Promise<string> {
  const response = await get(url, AbortSignal.timeout(CHECKSUMS_TIMEOUT_MS));
  const lines = (await response.text()).trim().split(/\r?\n/);
  for (const line of lines) {
    const [, sha256, name] = /^([0-9a-f]{64})(?:\s+\*?(\S+))?$/.exec(line.trim()) ?? [];
    if (sha256 !== undefined && (name === file || (name === undefined && lines.length === 1))) {
      return sha256;
    }
  }
  throw new Error(`${url} has no SHA-256 of ${file}`);
}

/**
 * Downloads `url` to `file`.
 *
 * @param onBytes told how many bytes are there, and of how many if the server says so
 * @throws when the server fails, sends nothing for 15 s, or the content has another checksum;
 *   `file` is then not to be used
 */
export async function download(
  url: string,
  sha256: string,
  file: string,
  onBytes: (received: number, total: number | undefined) => void,
): Promise<void> {
  const idle = new AbortController();
  const timer = setTimeout(() => {
    idle.abort(new Error(`no data for ${IDLE_TIMEOUT_MS / 1000} s`));
  }, IDLE_TIMEOUT_MS);
  try {
    const response = await get(url, idle.signal);
    const length = response.headers.get("content-length");
    const hash = createHash("sha256");
    let received = 0;
    const watched = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of chunks) {
        timer.refresh();
        hash.update(chunk);
        received += chunk.length;
        onBytes(received, length === null ? undefined : Number(length));
        yield chunk;
      }
    };
    if (response.body === null) throw new Error("no content");
    const body = Readable.fromWeb(response.body);
    await pipeline(body, watched, createWriteStream(file));
    const actual = hash.digest("hex");
    if (actual !== sha256) throw new Error(`SHA-256 is ${actual}, published is ${sha256}`);
  } catch (error) {
    throw new Error(`${url}: ${reason(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function get(url: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`${url}: HTTP status ${response.status}`);
  return response;
}

/** fetch says "fetch failed" and keeps the reason in `cause`, which in turn may have many. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return reason(error.cause);
  if (error instanceof AggregateError && error.errors.length > 0) return reason(error.errors[0]);
  return error.message;
}
