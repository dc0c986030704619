import { describe, expect, it } from "vitest";
import { measure } from "../../../hack/bench/failover/measure";
import type { Sample } from "../../../hack/bench/poller";

/** A client that asks every 5 ms and gets these answers: r(eal), f(allback), - for none. */
function client(answers: string): Sample[] {
  return Array.from(answers, (answer, index) => ({
    at: 1000 + 5 * index,
    tookMs: 2,
    answer: { r: "real", f: "fallback" }[answer] ?? "none",
    ...(answer === "-" ? { error: "ECONNREFUSED" } : {}),
  }));
}

/** When the n-th request was sent. */
const sent = (n: number): number => 1000 + 5 * n;

describe("what a client was without", () => {
  it.each([
    ["nothing failed", "rrrrffff", 0, 0],
    ["a single request stands for the time until the next", "rrr-ffff", 5, 1],
    ["all of a time failed", "rr---fff", 15, 3],
    ["what was answered in between belongs to the time, but did not fail", "r-r-r-ff", 25, 3],
  ])("at the loss: %s", (_, answers, spanMs, failed) => {
    const measured = measure(client(answers), sent(6), 5);
    expect(measured.loss).toEqual({ spanMs, failed });
    expect(measured.return).toEqual({ spanMs: 0, failed: 0 });
  });

  it("at the return is what failed once the fallback alone had answered", () => {
    const { loss, return: back } = measure(client("r-ffff--rr"), sent(4), 5);
    expect(loss).toEqual({ spanMs: 5, failed: 1 });
    expect(back).toEqual({ spanMs: 10, failed: 2 });
  });

  it("begins with the request that is sent at that moment", () => {
    const { loss, return: back } = measure(client("rfff-r"), sent(4), 5);
    expect(loss.failed).toBe(0);
    expect(back.failed).toBe(1);
  });

  it("and the slowest of the answers is told, not the slowest failure", () => {
    const samples = client("r-f").map((sample, index) => ({
      ...sample,
      tookMs: [3, 900, 7][index],
    }));
    expect(measure(samples as Sample[], sent(2), 5).slowestMs).toBe(7);
  });
});
