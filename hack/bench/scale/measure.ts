import { existsSync } from "node:fs";
import type { Contender } from "./contender";
import type { Place } from "./population";
import { count, endOfBurst, firstOf, sum } from "./requests";
import type { EventsResult, Measured, OutageResult, RestResult, StartResult } from "./results";
import { summaryOf } from "./summary";
import type { Stage } from "./stage";
import type { Trace } from "./trace";
import { readUsage } from "./usage";

/** Without a request for that long, a contender is done with what it was told. */
const IDLE_MS = 3000;
/** The first time after a start that is no part of it any more: our first list is after 10 s. */
const SETTLE_MS = 15_000;
const BETWEEN_LOSSES_MS = 60;
const BATCH = 100;
const EVENTS = 1000;
/** The cluster's controllers are given this long to tell of as many as are made at once. */
const EVENTS_MS = 20_000;

/** What a contender goes through in a round. */
export interface Round {
  readonly isFirst: boolean;
  readonly losses: number;
  readonly restSeconds: number;
}

/** A contender did not do what was waited for in time. */
class TooSlow extends Error {}

/** Measures one contender on a stage, in rounds between which others have theirs. */
export class Measurement {
  readonly measured: { -readonly [Key in keyof Measured]: Measured[Key] };
  /** It was too slow for something: another round would tell no more. */
  hasGivenUp = false;
  #trace: Trace;
  #pid = 0;

  /** @param patienceMs milliseconds that it may take for one thing */
  constructor(
    private readonly stage: Stage,
    private readonly contender: Contender,
    private readonly patienceMs: number,
  ) {
    const { population, critical } = stage;
    this.measured = {
      contender: contender.name,
      size: population.size,
      critical,
      starts: [],
      outages: [],
    };
    this.#trace = stage.trace([]);
  }

  /** Leaves the stage as it was. */
  async run(round: Round): Promise<void> {
    const { stage, contender, measured } = this;
    this.#trace = stage.trace([contender.user]);
    try {
      await this.#phases(round);
    } catch (error) {
      if (!(error instanceof TooSlow)) throw this.#withLog(error);
      stage.ground.print(`  ${contender.name}: ${error.message}`);
      this.hasGivenUp = true;
    } finally {
      await contender.stop();
      await this.#tidy();
    }
    if (this.hasGivenUp) measured.peakRssBytes = undefined;
  }

  async #phases({ isFirst, losses, restSeconds }: Round): Promise<void> {
    const { measured } = this;
    if (isFirst) await this.#beginOnce();
    measured.starts = [...measured.starts, await this.#start()];
    this.#tell({ starts: measured.starts.slice(-1) });
    if (isFirst) {
      this.#tell({ rest: (measured.rest = await this.#rest(restSeconds)) });
      this.#tell({ events: (measured.events = await this.#events()) });
    }
    await this.#losses(losses);
    this.#tell(measured.losses && { losses: measured.losses });
    measured.outages = [...measured.outages, await this.#outage()];
    this.#tell({ outages: measured.outages.slice(-1) });
    const { peakRssBytes } = readUsage(this.#pid);
    measured.peakRssBytes = Math.max(measured.peakRssBytes ?? 0, peakRssBytes);
  }

  /** So that what it writes down at its first start is there, and the API server has read what it asks for. */
  async #beginOnce(): Promise<void> {
    await this.#start();
    await this.contender.stop();
    await this.stage.removeFallbacks(this.stage.lame);
    await this.#untilAtRest([], this.stage.lame);
  }

  async #start(): Promise<StartResult> {
    const { lame } = this.stage;
    const mark = this.#mark();
    const begin = Date.now();
    this.#pid = await this.contender.start();
    const last = await this.#fallbacksOf(lame, begin);
    await this.#untilQuiet();
    await this.#wait(begin + SETTLE_MS - Date.now());
    const requests = this.#since(mark);
    const { cpuMs, peakRssBytes } = readUsage(this.#pid);
    const caughtUpMs = Math.max(last, endOfBurst(requests, IDLE_MS) ?? 0) - begin;
    const listedAt = firstOf(requests, "list endpointslices");
    return {
      lameMs: last - begin,
      lameFromListMs: listedAt && last - listedAt,
      ...{ caughtUpMs, cpuMs, peakRssBytes, requests: count(requests) },
    };
  }

  async #rest(seconds: number): Promise<RestResult> {
    const mark = this.#mark();
    const before = readUsage(this.#pid).cpuMs;
    await this.#wait(seconds * 1000);
    const cpuMs = readUsage(this.#pid).cpuMs - before;
    return { seconds, cpuMs, requests: count(this.#since(mark)) };
  }

  /** Pods of Services that have others turn not Ready, and Ready again. */
  async #events(): Promise<EventsResult> {
    const { population, etcd } = this.stage;
    const each = Math.min(population.size, EVENTS / 2);
    const step = Math.floor(population.size / each);
    const mark = this.#mark();
    const before = readUsage(this.#pid).cpuMs;
    const writes = this.#trace.sliceWrites;
    for (let round = 1; round <= EVENTS / each; round++) {
      const indexes = Array.from({ length: each }, (_, index) => index * step);
      await etcd.apply(indexes.flatMap(index => population.podReady(index, round % 2 === 0)));
      const seen = (): boolean => this.#trace.sliceWrites >= writes + round * each;
      await this.#trace.until(seen, EVENTS_MS);
    }
    await this.#untilQuiet();
    const cpuMs = readUsage(this.#pid).cpuMs - before;
    const events = this.#trace.sliceWrites - writes;
    return { events, cpuMs, requests: count(this.#since(mark)) };
  }

  async #losses(count: number): Promise<void> {
    const { victims } = this.stage;
    for (let left = count; left > 0; left -= BATCH) {
      await this.#loseInTurn(victims.slice(0, Math.min(BATCH, left)));
    }
  }

  async #loseInTurn(places: readonly Place[]): Promise<void> {
    const reactionsMs: number[] = [];
    const mark = this.#mark();
    for (const place of places) {
      reactionsMs.push(await this.#lose(place));
      await this.#trace.quiet(BETWEEN_LOSSES_MS, IDLE_MS);
    }
    await this.#untilQuiet();
    const requests = count(this.#since(mark));
    const returnMark = this.#mark();
    await this.stage.restorePods(places);
    await this.#untilQuiet();
    const returnRequests = count(this.#since(returnMark));
    await this.stage.removeFallbacks(places);
    await this.#untilAtRest(places, []);
    const { losses: before } = this.measured;
    this.measured.losses = {
      reactionsMs: [...(before?.reactionsMs ?? []), ...reactionsMs],
      requests: sum(before?.requests ?? {}, requests),
      returnRequests: sum(before?.returnRequests ?? {}, returnRequests),
    };
  }

  async #lose(place: Place): Promise<number> {
    const begin = Date.now();
    await this.stage.losePods([place]);
    const fallbackAt = await this.#fallbacksOf([place], begin);
    return fallbackAt - (await this.#lostAt(place, begin));
  }

  async #outage(): Promise<OutageResult> {
    const { victims } = this.stage;
    const mark = this.#mark();
    const before = readUsage(this.#pid).cpuMs;
    const begin = Date.now();
    await this.stage.losePods(victims);
    const last = await this.#fallbacksOf(victims, begin);
    const lostAt = await Promise.all(victims.map(place => this.#lostAt(place, begin)));
    const first = Math.min(...lostAt);
    await this.#untilQuiet();
    return {
      services: victims.length,
      lossesMs: Math.max(...lostAt) - first,
      fallbacksMs: last - first,
      cpuMs: readUsage(this.#pid).cpuMs - before,
      requests: count(this.#since(mark)),
    };
  }

  async #tidy(): Promise<void> {
    const { lame, victims } = this.stage;
    await this.stage.removeFallbacks([...victims, ...lame]);
    await this.stage.losePods(victims);
    await this.stage.restorePods(victims);
    await this.#untilAtRest(victims, lame);
    await this.stage.forgetEvents();
  }

  /** Waits until no Service has a fallback, those of the first list have Pods, and all is quiet. */
  async #untilAtRest(places: readonly Place[], lame: readonly Place[]): Promise<void> {
    const isAtRest = (): boolean =>
      places.every(place => this.#trace.isAtRest(keyOf(place), true)) &&
      lame.every(place => this.#trace.isAtRest(keyOf(place), false));
    if (!(await this.#trace.until(isAtRest, this.patienceMs))) {
      throw new Error("the cluster's controllers are not done");
    }
    await this.#untilQuiet();
  }

  /** @returns when the last of these Services had its fallback accepted */
  async #fallbacksOf(places: readonly Place[], since: number): Promise<number> {
    const { fallbacks, losses } = this.#trace;
    const missing = new Set(places.map(keyOf));
    const done = (): boolean => {
      if (!existsSync(`/proc/${this.#pid}`)) throw new Error("it has ended by itself");
      for (const key of missing) {
        if ((fallbacks.get(key) ?? 0) < since) return false;
        missing.delete(key);
      }
      return true;
    };
    if (!(await this.#trace.until(done, this.patienceMs))) {
      const lost = places.filter(place => (losses.get(keyOf(place)) ?? 0) >= since).length;
      throw new TooSlow(
        `${missing.size} of ${places.length} fallbacks (${lost} lost) are missing after ` +
          `${this.patienceMs / 1000} s\n${this.contender.lastLines()}`,
      );
    }
    return Math.max(...places.map(place => fallbacks.get(keyOf(place)) ?? 0));
  }

  /**
   * When a Service was lost. The write that says so may be logged after what came of it: the watch
   * hears of it first.
   */
  async #lostAt(place: Place, since: number): Promise<number> {
    const { losses } = this.#trace;
    const lostAt = () => losses.get(keyOf(place)) ?? 0;
    if (!(await this.#trace.until(() => lostAt() >= since, IDLE_MS))) {
      throw new Error(`nothing was seen of the loss of ${keyOf(place)}`);
    }
    return lostAt();
  }

  async #untilQuiet(ms = IDLE_MS): Promise<void> {
    if (!(await this.#trace.quiet(ms, this.patienceMs))) {
      throw new TooSlow(`still at work after ${this.patienceMs / 1000} s`);
    }
  }

  async #wait(ms: number): Promise<void> {
    await this.#trace.until(() => false, Math.max(0, ms));
  }

  #tell(result: Partial<Measured> = {}): void {
    this.stage.ground.print(summaryOf(result));
  }

  #mark(): number {
    this.#trace.poll();
    return this.#trace.requests.length;
  }

  #since(mark: number) {
    this.#trace.poll();
    return this.#trace.requests.slice(mark);
  }

  #withLog(cause: unknown): Error {
    return new Error(`${this.contender.name} said last:\n${this.contender.lastLines()}`, { cause });
  }
}

function keyOf({ namespace, name }: Place): string {
  return `${namespace}/${name}`;
}
