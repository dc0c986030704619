import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Loss, StandbyMode } from "./kinds";
import type { Measured } from "./measure";

/** Where the raw results are kept; not a part of the repository. */
const FOLDER = join(__dirname, "results");

/** Who answered; "none" if nobody did. */
export type Answer = "real" | "fallback" | "none";

/** One loss and return of the real Pod. */
export interface Round extends Measured {
  readonly mode: StandbyMode;
  readonly cause: Loss;
  /** Whether the fallback ever answered alone. */
  readonly covered: boolean;
  /** Each request: milliseconds since the loss began, who answered, and after how many. */
  readonly timeline: readonly (readonly [number, Answer, number])[];
}

/** What no standby that starts at the loss can be faster than. */
export interface Floor {
  /** Milliseconds from the creation of a Pod with the fallback's spec until it is Ready. */
  readonly startMs: number;
  /** Milliseconds from the crash of a container until its Pod is reported not Ready. */
  readonly crashMs: number;
}

/** All of one run. */
export interface Results {
  readonly startedAt: string;
  /** The least time between two syncs of kube-proxy, as in Go. */
  readonly minSync: string;
  readonly kubernetes: string;
  readonly machine: { readonly cores: number; readonly memoryGiB: number };
  /** The version of Python's `kubernetes` that the original ran with. */
  readonly pythonClient: string | undefined;
  readonly floors: readonly Floor[];
  readonly rounds: readonly Round[];
}

/** Keeps the results; those of an earlier run with the same kube-proxy are replaced. */
export function writeResults(results: Results): string {
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, `min-sync-${results.minSync}.json`);
  writeFileSync(file, JSON.stringify(results));
  return file;
}

/** The kept results of all kinds of kube-proxy, the default one first. */
export function readResults(): Results[] {
  return readdirSync(FOLDER)
    .filter(file => file.endsWith(".json"))
    .map(file => JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as Results)
    .sort(
      (a, b) => Number(b.minSync === DEFAULT_MIN_SYNC) - Number(a.minSync === DEFAULT_MIN_SYNC),
    );
}

/** What kube-proxy does if it is told nothing. */
export const DEFAULT_MIN_SYNC = "1s";
