import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../../capabilities/cluster/api";
import { backoffDelay, WorkQueue, type Place } from "../../capabilities/engine/work-queue";

const BACKOFF = { baseMs: 100, maxMs: 1000 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("WorkQueue", () => {
  it("works once on a key that is added several times", async () => {
    const { queue, worked } = makeQueue();
    queue.add("a", "b", "a");
    queue.add("a");
    await vi.runAllTimersAsync();
    expect(worked).toEqual(["a", "b"]);
  });

  it("gives a key another turn if it is added while it is worked on", async () => {
    const { queue, worked } = makeQueue(async key => {
      if (worked.length === 1) {
        queue.add(key);
      }
      await pause(10);
      return undefined;
    });
    queue.add("a");
    await vi.runAllTimersAsync();
    expect(worked).toEqual(["a", "a"]);
  });

  it("keeps a place taken for as long as the work says, and a key alone waits for nothing", async () => {
    const { queue, worked } = makeQueue((key, place) => {
      if (key !== "b") place.keep(100);
      return Promise.resolve(undefined);
    });
    queue.add("a", "b", "c", "d", "e");
    await vi.advanceTimersByTimeAsync(99);
    expect(worked).toEqual(["a", "b", "c"]);
    await vi.advanceTimersByTimeAsync(100);
    expect(worked).toEqual(["a", "b", "c", "d", "e"]);
  });

  it.each([
    ["ten times as long as slow work", 30, 300],
    ["no longer than 2 s", 1000, 2000],
    ["until work that is slower still is done", 3000, 3000],
  ])("keeps a place that is kept at all %s", async (_, tookMs, keptMs) => {
    const { queue, worked } = makeQueue(async (_key, place) => {
      place.keep(100);
      await pause(tookMs);
      return undefined;
    });
    queue.add("a", "b", "c");
    await vi.advanceTimersByTimeAsync(keptMs - 1);
    expect(worked).toEqual(["a", "b"]);
    await vi.advanceTimersByTimeAsync(5);
    expect(worked).toEqual(["a", "b", "c"]);
  });

  it("tries a failed key again, later each time, and starts over after a success", async () => {
    let failures = 3;
    const { queue, worked, delays } = makeQueue(() => {
      failures -= 1;
      return failures >= 0 ? Promise.reject(new Error("no")) : Promise.resolve(undefined);
    });
    queue.add("a");
    await vi.runAllTimersAsync();
    expect(worked).toHaveLength(4);
    expect(delays).toHaveLength(3);
    expect(delays[0]).toBeLessThanOrEqual(100);
    expect(delays[2]).toBeGreaterThanOrEqual(200);
    failures = 1;
    queue.add("a");
    await vi.runAllTimersAsync();
    expect(delays[3]).toBeLessThanOrEqual(100);
  });

  it("works once on a key that is added for later several times, no later than first asked", async () => {
    const { queue, worked } = makeQueue();
    queue.addLater("a", 100);
    await vi.advanceTimersByTimeAsync(60);
    queue.addLater("a", 100);
    await vi.advanceTimersByTimeAsync(60);
    expect(worked).toEqual(["a"]);
    await vi.runAllTimersAsync();
    expect(worked).toEqual(["a"]);
  });

  it("works once on a key that is added for later while it waits", async () => {
    const { queue, worked } = makeQueue();
    queue.add("a");
    queue.addLater("a", 100);
    await vi.runAllTimersAsync();
    expect(worked).toEqual(["a"]);
  });

  it("is idle if there is nothing to do but later", async () => {
    const { queue } = makeQueue();
    queue.addLater("a", 100);
    expect(queue.isIdle).toBe(true);
    await vi.advanceTimersByTimeAsync(100);
    queue.add("b");
    expect(queue.isIdle).toBe(false);
  });

  it("gives a key another turn when the work asks for it", async () => {
    const turns = [50, undefined];
    const { queue, worked } = makeQueue(() => Promise.resolve(turns.shift()));
    queue.add("a");
    await vi.runAllTimersAsync();
    expect(worked).toEqual(["a", "a"]);
  });

  it("does not wait for the retry if the key is added before", async () => {
    let fails = true;
    const { queue, worked } = makeQueue(() =>
      fails ? Promise.reject(new Error("no")) : Promise.resolve(undefined),
    );
    queue.add("a");
    await vi.advanceTimersByTimeAsync(1);
    fails = false;
    queue.add("a");
    await vi.advanceTimersByTimeAsync(1);
    expect(worked).toEqual(["a", "a"]);
    await vi.runAllTimersAsync();
    expect(worked).toEqual(["a", "a"]);
  });

  describe("when the API server asks to come back later", () => {
    const busy = new ApiError("too many requests", 429, { retryAfterMs: 3000 });

    it.each([
      [
        "that comes during the work",
        (queue: WorkQueue) => {
          queue.add("a");
        },
      ],
      [
        "that is due soon",
        (queue: WorkQueue) => {
          queue.addLater("a", 10);
        },
      ],
    ])("waits for as long, and for the backoff on top, with a turn %s too", async (_, ask) => {
      let fails = true;
      const { queue, worked, delays } = makeQueue(() => {
        if (fails) {
          ask(queue);
        }
        return fails ? Promise.reject(busy) : Promise.resolve(undefined);
      });
      queue.add("a");
      await vi.advanceTimersByTimeAsync(1000);
      fails = false;
      queue.add("a");
      await vi.advanceTimersByTimeAsync(2000);
      expect(worked).toEqual(["a"]);
      expect(delays[0]).toBeGreaterThanOrEqual(3000 + BACKOFF.baseMs / 2);
      await vi.advanceTimersByTimeAsync(1000);
      expect(worked).toEqual(["a", "a"]);
    });

    it("goes on with other keys, and heeds events again once the time is over", async () => {
      const { queue, worked } = makeQueue(key =>
        key === "a" && !worked.slice(0, -1).includes("a")
          ? Promise.reject(busy)
          : Promise.resolve(undefined),
      );
      queue.add("a", "b");
      await vi.advanceTimersByTimeAsync(1);
      expect(worked).toEqual(["a", "b"]);
      await vi.runAllTimersAsync();
      queue.add("a");
      await vi.advanceTimersByTimeAsync(1);
      expect(worked).toEqual(["a", "b", "a", "a"]);
    });
  });

  it("has the Services of several namespaces take turns", async () => {
    const { queue, worked } = makeQueue();
    queue.add("noisy/1", "noisy/2", "noisy/3", "noisy/4", "shop/1", "cart/1");
    await vi.runAllTimersAsync();
    expect(worked.slice(0, 3)).toEqual(["noisy/1", "shop/1", "cart/1"]);
    expect(worked).toHaveLength(6);
  });

  it("works on urgent keys first, whatever was added before", async () => {
    const done = () => Promise.resolve(undefined);
    const { queue, worked } = makeQueue(done, 1, key => key.startsWith("lame"));
    queue.add("well/1", "lame/1", "well/2", "lame/2");
    await vi.runAllTimersAsync();
    expect(worked).toEqual(["lame/1", "lame/2", "well/1", "well/2"]);
  });

  it.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [4, 2],
  ])("works on half of its limit at once for a namespace: of %i on %i", async (limit, half) => {
    const { queue, worked } = makeQueue(() => pause(1000).then(() => undefined), limit);
    queue.add("noisy/1", "noisy/2", "noisy/3", "noisy/4");
    await vi.advanceTimersByTimeAsync(1);
    expect(worked).toHaveLength(half);
  });

  it("works on several keys at once up to its limit, and never on one twice", async () => {
    const additions = fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "d"), fc.nat(30)), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(additions, async list => {
        const running: string[] = [];
        const violations: string[][] = [];
        const sawLast = new Map<string, boolean>();
        const { queue } = makeQueue(async key => {
          running.push(key);
          sawLast.set(key, true);
          if (new Set(running).size !== running.length || running.length > 2) {
            violations.push([...running]);
          }
          await pause(7);
          running.splice(running.indexOf(key), 1);
          return undefined;
        });
        for (const [key, wait] of list) {
          await vi.advanceTimersByTimeAsync(wait);
          sawLast.set(key, false);
          queue.add(key);
        }
        await vi.runAllTimersAsync();
        expect(violations).toEqual([]);
        expect([...sawLast.values()].every(Boolean)).toBe(true);
      }),
    );
  });
});

describe("backoffDelay", () => {
  it("grows from the base to the maximum, and half of it is chance", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), failures => {
        const full = Math.min(BACKOFF.maxMs, BACKOFF.baseMs * 2 ** (failures - 1));
        const delay = backoffDelay(BACKOFF, failures);
        expect(delay).toBeGreaterThanOrEqual(full / 2);
        expect(delay).toBeLessThanOrEqual(full);
      }),
    );
  });
});

function makeQueue(
  work: (key: string, place: Place) => Promise<number | undefined> = () =>
    Promise.resolve(undefined),
  concurrency = 2,
  isUrgent: (key: string) => boolean = () => false,
) {
  const worked: string[] = [];
  const delays: number[] = [];
  const queue = new WorkQueue({
    concurrency,
    backoff: BACKOFF,
    isUrgent,
    work: (key, place) => {
      worked.push(key);
      return work(key, place);
    },
    onFailure: (_key, _error, retryMs) => {
      delays.push(retryMs);
    },
  });
  return { queue, worked, delays };
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => {
    setTimeout(resolve, ms);
  });
}
