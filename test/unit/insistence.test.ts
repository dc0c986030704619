import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Insistence } from "../../capabilities/engine/insistence";

const BACKOFF = { baseMs: 100, maxMs: 1000 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("Insistence", () => {
  it("has a deed wait longer each time that it is done again, the first time not at all", async () => {
    const { insistence, deed } = make();
    expect(await insistence.attempt("a", "x", deed)).toBeUndefined();
    expect(await insistence.attempt("a", "x", deed)).toBeUndefined();
    const first = await waitFor(insistence, deed);
    const second = await waitFor(insistence, deed);
    expect([first >= 50 && first <= 100, second >= 100 && second <= 200]).toEqual([true, true]);
    expect(deed).toHaveBeenCalledTimes(4);
  });

  it("never waits longer than the longest pause", async () => {
    const { insistence, deed } = make();
    await insistence.attempt("a", "x", deed);
    await insistence.attempt("a", "x", deed);
    for (let times = 0; times < 10; times++) {
      expect(await waitFor(insistence, deed)).toBeLessThanOrEqual(1000);
    }
  });

  it.each([
    ["another wish", (i: Wishes, deed: Deed) => i.attempt("a", "y", deed)],
    ["another object", (i: Wishes, deed: Deed) => i.attempt("b", "x", deed)],
    [
      "what was forgotten",
      (i: Wishes, deed: Deed) => {
        i.forget("a");
        return i.attempt("a", "x", deed);
      },
    ],
    [
      "what was left alone for twice the longest pause",
      (i: Wishes, deed: Deed) => {
        vi.advanceTimersByTime(2001);
        return i.attempt("a", "x", deed).then(() => i.attempt("a", "x", deed));
      },
    ],
  ])("does not have %s wait", async (_, attempt) => {
    const { insistence, deed } = make();
    for (const name of ["a", "b"]) {
      await insistence.attempt(name, name === "a" ? "x" : "y", deed);
    }
    await insistence.attempt("a", "x", deed);
    expect(await insistence.attempt("a", "x", deed)).toBeGreaterThan(0);
    expect(await attempt(insistence, deed)).toBeUndefined();
  });

  it("goes on with what was left alone for less than that", async () => {
    const { insistence, deed } = make();
    await insistence.attempt("a", "x", deed);
    vi.advanceTimersByTime(1999);
    expect(await insistence.attempt("a", "x", deed)).toBeUndefined();
    expect(await insistence.attempt("a", "x", deed)).toBeGreaterThan(0);
  });

  it("knows a wish by what it says", async () => {
    const { deed } = make();
    const insistence = new Insistence<object>(BACKOFF);
    await insistence.attempt("a", { name: "x" }, deed);
    await insistence.attempt("a", { name: "x" }, deed);
    expect(await insistence.attempt("a", { name: "x" }, deed)).toBeGreaterThan(0);
  });

  it("does not count what failed", async () => {
    const { insistence, deed } = make();
    const failing = () => Promise.reject(new Error("no"));
    for (let times = 0; times < 3; times++) {
      await expect(insistence.attempt("a", "x", failing)).rejects.toThrow("no");
    }
    expect(await insistence.attempt("a", "x", deed)).toBeUndefined();
    expect(insistence.wish("a")).toBe("x");
  });
});

type Wishes = Insistence<string>;
type Deed = () => Promise<void>;

function make() {
  return { insistence: new Insistence<string>(BACKOFF), deed: vi.fn(() => Promise.resolve()) };
}

/** Waits as long as it is told to, then does it. @returns how long that was, in milliseconds */
async function waitFor(insistence: Wishes, deed: Deed): Promise<number> {
  const waitMs = (await insistence.attempt("a", "x", deed)) ?? 0;
  vi.advanceTimersByTime(waitMs);
  expect(await insistence.attempt("a", "x", deed)).toBeUndefined();
  return waitMs;
}
