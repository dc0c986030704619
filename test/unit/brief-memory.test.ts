import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { BriefMemory } from "../../capabilities/engine/brief-memory";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("asks once for all who ask at about the same time, and anew later", async () => {
  const memory = new BriefMemory<number>(1000);
  let asked = 0;
  const ask = () => Promise.resolve(++asked);
  expect(await Promise.all([memory.recall("a", ask), memory.recall("a", ask)])).toEqual([1, 1]);
  expect(await memory.recall("b", ask)).toBe(2);
  vi.advanceTimersByTime(999);
  expect(await memory.recall("a", ask)).toBe(1);
  vi.advanceTimersByTime(1);
  expect(await memory.recall("a", ask)).toBe(3);
});

it("does not remember a failure", async () => {
  const memory = new BriefMemory<number>(1000);
  await expect(memory.recall("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await memory.recall("a", () => Promise.resolve(1))).toBe(1);
});
