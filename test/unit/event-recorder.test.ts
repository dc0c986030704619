import fc from "fast-check";
import { Log } from "pepr";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ClusterApi } from "../../capabilities/cluster";
import { ApiError } from "../../capabilities/cluster/api";
import type { Occurrence, RecordedEvent, Regarding } from "../../capabilities/cluster/events";
import type { Announcement } from "../../capabilities/domain/announce";
import { EventRecorder } from "../../capabilities/engine/event-recorder";
import { Metrics } from "../../capabilities/engine/metrics";
import { QueueMetrics } from "../../capabilities/engine/queue-metrics";

const SHOP: Regarding = { apiVersion: "v1", kind: "Service", namespace: "n", name: "a", uid: "1" };
const LAME: Announcement = { type: "Warning", reason: "ServiceLame", message: "has no Pod" };
/** Two operators are less than this apart in what they see and say. */
const LATER_MS = 15_000;
/** It tells of each call that fails. */
const QUIET = Log.child({}, { level: "silent" });
/** Fake timers take their time. */
const RUNS = { numRuns: 40 };

const lagMs = fc.nat(3000);
const soon = fc.record({ pauseMs: fc.nat(2000) });
const later = fc.record({ pauseMs: fc.integer({ min: LATER_MS, max: 2 * LATER_MS }) });
const lags = fc.record({ one: lagMs, other: fc.option(lagMs, { nil: undefined }) });
const callMs = fc.infiniteStream(fc.nat(300));

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("an Event", () => {
  const ACTIVE: Announcement = { type: "Warning", reason: "FallbackActive", message: "has one" };

  it.each([
    ["is told unless another one says the same and more soon", 500, ["FallbackActive"]],
    ["is told if that takes longer", 5000, ["ServiceLame", "FallbackActive"]],
  ])("%s", async (_, pauseMs, told) => {
    const written: string[] = [];
    const createEvent: ClusterApi["createEvent"] = (_, { reason }, { at, times }) => {
      written.push(reason);
      return Promise.resolve({ namespace: "n", name: reason, count: times, at });
    };
    const api = { createEvent } as ClusterApi;
    const recorder = new EventRecorder(api, Log, new QueueMetrics(new Metrics()));
    recorder.record(SHOP, LAME);
    await vi.advanceTimersByTimeAsync(pauseMs);
    recorder.record(SHOP, ACTIVE);
    await vi.runAllTimersAsync();
    expect(written).toEqual(told);
  });
});

describe("two operators, of which one may be away", () => {
  it("count each change once, if the changes are some time apart", async () => {
    await fc.assert(
      fc.asyncProperty(changes(later), callMs, async (history, calls) => {
        expect(await countOf(history, calls)).toBe(history.length);
      }),
      RUNS,
    );
  });

  it("count no more than there were, and at least one of a burst", async () => {
    await fc.assert(
      fc.asyncProperty(changes(fc.oneof(soon, later)), callMs, async (history, calls) => {
        const [, ...others] = history;
        const bursts = 1 + others.filter(({ pauseMs }) => pauseMs >= LATER_MS).length;
        const count = await countOf(history, calls);
        expect([bursts <= count, count <= history.length]).toEqual([true, true]);
      }),
      RUNS,
    );
  });
});

describe("an operator alone", () => {
  it("counts each change, however fast they come, and goes on after a restart", async () => {
    await fc.assert(
      fc.asyncProperty(changes(soon), changes(soon), callMs, async (before, after, calls) => {
        const server = new EventServer(calls);
        for (const history of [before, after]) {
          const recorder = recorderOn(server);
          for (const { pauseMs } of history) {
            await vi.advanceTimersByTimeAsync(pauseMs);
            recorder.record(SHOP, LAME);
          }
          await vi.advanceTimersByTimeAsync(LATER_MS);
        }
        expect(server.count).toBe(before.length + after.length);
      }),
      RUNS,
    );
  });
});

describe("an operator whose calls fail", () => {
  const passing = new ApiError("no answer", undefined);

  it("counts each change all the same", async () => {
    const failures = fc.infiniteStream(fc.constantFrom(passing, undefined));
    await fc.assert(
      fc.asyncProperty(changes(soon), callMs, failures, async (history, calls, fails) => {
        const server = new EventServer(calls, fails);
        const recorder = recorderOn(server);
        for (const { pauseMs } of history) {
          await vi.advanceTimersByTimeAsync(pauseMs);
          recorder.record(SHOP, LAME);
        }
        await vi.runAllTimersAsync();
        expect(server.count).toBe(history.length);
      }),
      RUNS,
    );
  });

  it("does not insist on what is refused", async () => {
    const refusal = new ApiError("the namespace is being terminated", 403);
    const answers = [refusal, undefined];
    const server = new EventServer([].values(), answers.values());
    const recorder = recorderOn(server);
    recorder.record(SHOP, LAME);
    await vi.runAllTimersAsync();
    expect(server.count).toBe(0);
    recorder.record(SHOP, LAME);
    await vi.runAllTimersAsync();
    expect(server.count).toBe(1);
  });
});

function changes<T>(change: fc.Arbitrary<T>) {
  const list = fc.array(fc.tuple(change, lags), { minLength: 1, maxLength: 8, size: "max" });
  return list.map(pairs => pairs.map(([what, when]) => ({ ...what, ...when })));
}

interface Change {
  readonly pauseMs: number;
  readonly one: number;
  readonly other?: number | undefined;
}

function recorderOn(server: EventServer): EventRecorder {
  return new EventRecorder(server.api(), QUIET, new QueueMetrics(new Metrics()));
}

/** What the Event's count is once two operators have told of the changes, each with its lag. */
async function countOf(history: readonly Change[], calls: fc.Stream<number>): Promise<number> {
  const server = new EventServer(calls);
  const recorders = [recorderOn(server), recorderOn(server)];
  for (const { pauseMs, one, other } of history) {
    await vi.advanceTimersByTimeAsync(pauseMs);
    [one, other].forEach((lag, index) => {
      if (lag !== undefined) {
        setTimeout(() => recorders[index]?.record(SHOP, LAME), lag);
      }
    });
  }
  await vi.runAllTimersAsync();
  return server.count;
}

/** The API server's part: one Event, and calls that take their time both ways. */
class EventServer {
  #event: RecordedEvent | undefined;

  /** @param fails what becomes of the calls, one after the other: an error, or what is asked for */
  constructor(
    private readonly calls: Iterator<number>,
    private readonly fails: Iterator<Error | undefined> = [].values(),
  ) {}

  get count(): number {
    return this.#event?.count ?? 0;
  }

  api(): ClusterApi {
    const api: Pick<ClusterApi, "createEvent" | "getEvent" | "repeatEvent"> = {
      createEvent: (_regarding, _announcement, occurrence) =>
        this.#call(() => (this.#event ? undefined : this.#put(0, occurrence))),
      getEvent: () => this.#call(() => this.#event),
      repeatEvent: ({ count }, _announcement, occurrence) =>
        this.#call(() => (this.count === count ? this.#put(count, occurrence) : undefined)),
    };
    return api as ClusterApi;
  }

  #put(count: number, { at, times }: Occurrence): RecordedEvent {
    this.#event = { namespace: "n", name: "a.1", count: count + times, at };
    return this.#event;
  }

  async #call<T>(effect: () => T): Promise<T> {
    await this.#wait();
    const failure: IteratorResult<Error | undefined, unknown> = this.fails.next();
    if (failure.value instanceof Error) {
      throw failure.value;
    }
    const answer = effect();
    await this.#wait();
    return answer;
  }

  #wait(): Promise<void> {
    const result: IteratorResult<number, unknown> = this.calls.next();
    return new Promise(resolve => {
      setTimeout(resolve, Number(result.value));
    });
  }
}
