import { vi } from "vitest";

/** Taken before the clock is a false one. */
const realImmediate = setImmediate;

/** Puts the clock under control of the test; from then on it moves by {@link pass} only. */
export function stopTime(): void {
  vi.useFakeTimers({
    toFake: ["setTimeout", "clearTimeout", "setImmediate", "clearImmediate", "Date"],
    now: Date.UTC(2026, 0, 1),
  });
}

/** Lets milliseconds pass: timer by timer, and after each all that its promises lead to. */
export async function pass(ms: number): Promise<void> {
  let isOver = (): boolean => false;
  setTimeout(() => {
    isOver = () => true;
  }, ms);
  await promises();
  while (!isOver()) {
    vi.advanceTimersToNextTimer();
    await promises();
  }
}

/** Node runs all promises that are due before the next immediate. */
function promises(): Promise<void> {
  return new Promise(resolve => {
    realImmediate(resolve);
  });
}

/** Puts chance under control of the test, until the returned function is called. */
export function loadDice(seed: number): () => void {
  const fair = Math.random;
  let state = seed >>> 0;
  // https://en.wikipedia.org/wiki/Linear_congruential_generator
  Math.random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return () => {
    Math.random = fair;
  };
}
