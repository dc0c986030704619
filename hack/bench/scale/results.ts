import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ContenderName } from "./contender";
import type { Requests } from "./requests";

/** Where the raw results are kept; not a part of the repository. */
const FILE = join(__dirname, "results", "results.json");

/** A start with everything as it was when it last ended, but for the lame Services' fallbacks. */
export interface StartResult {
  /** Milliseconds from the start of the process until each lame Service had its fallback. */
  readonly lameMs: number;
  /** From when the API server got its first list of EndpointSlices; undefined if it made none. */
  readonly lameFromListMs: number | undefined;
  /** Until its last request of the start: then it had worked off all that it was told. */
  readonly caughtUpMs: number;
  readonly cpuMs: number;
  readonly peakRssBytes: number;
  readonly requests: Requests;
}

export interface RestResult {
  readonly seconds: number;
  readonly cpuMs: number;
  readonly requests: Requests;
}

/** Changes of Pods that made no Service lame. */
export interface EventsResult {
  readonly events: number;
  readonly cpuMs: number;
  readonly requests: Requests;
}

/** Services that lost their Pods one by one. */
export interface LossesResult {
  /** Milliseconds, each. */
  readonly reactionsMs: readonly number[];
  readonly requests: Requests;
  /** At the return of the Pods. */
  readonly returnRequests: Requests;
}

/** Services that lost their Pods at once. */
export interface OutageResult {
  readonly services: number;
  /** Milliseconds from the first loss to the last one. */
  readonly lossesMs: number;
  /** Milliseconds from the first loss to the last fallback. */
  readonly fallbacksMs: number;
  readonly cpuMs: number;
  readonly requests: Requests;
}

/** All about one contender at one size; what is missing did not end in time. */
export interface Measured {
  readonly contender: ContenderName;
  readonly size: number;
  readonly critical: number;
  /** One of each round, as of the outages. */
  readonly starts: readonly StartResult[];
  readonly rest?: RestResult;
  readonly events?: EventsResult;
  readonly losses?: LossesResult;
  readonly outages: readonly OutageResult[];
  readonly peakRssBytes?: number | undefined;
}

/** All of one run. */
export interface Results {
  readonly startedAt: string;
  readonly kubernetes: string;
  readonly node: string;
  readonly machine: { readonly cores: number; readonly memoryGiB: number };
  readonly pythonClient: string | undefined;
  readonly patienceMs: number;
  readonly measured: readonly Measured[];
}

export function writeResults(results: Results, file = FILE): string {
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, JSON.stringify(results));
  return file;
}

export function readResults(file = FILE): Results {
  return JSON.parse(readFileSync(file, "utf8")) as Results;
}
