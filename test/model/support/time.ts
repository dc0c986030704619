import { vi } from "vitest";
import { cancel, Clock } from "./clock";
import { openDiary } from "./diary";

const START = Date.UTC(2026, 0, 1);
const TIMERS = 50_000;
const realImmediate = setImmediate;
const RealDate = Date;

let clock = new Clock(START, TIMERS);

/**
 * Plays something in a time of its own, which moves by {@link pass} only, and with dice of its own.
 * The fake timers of vitest do the same, at three times the price.
 */
export async function inOwnTime<T>(seed: number, play: () => Promise<T>): Promise<T> {
  // Node itself gets a turn now and then, such as to tell how the test gets on.
  await new Promise(resolve => realImmediate(resolve));
  const fair = loadDice(seed);
  const goOn = stopTime();
  openDiary();
  try {
    return await play();
  } finally {
    goOn();
    fair();
  }
}

function stopTime(): () => void {
  clock = new Clock(START, TIMERS);
  const stopped = clock;
  vi.stubGlobal("setTimeout", (act: () => void, ms?: number) => stopped.later(act, ms));
  vi.stubGlobal("setImmediate", (act: () => void) => stopped.later(act));
  vi.stubGlobal("clearTimeout", cancel);
  vi.stubGlobal(
    "Date",
    class extends RealDate {
      constructor(time: number | string | Date = stopped.now) {
        super(time);
      }

      static override now() {
        return stopped.now;
      }
    },
  );
  return () => {
    vi.unstubAllGlobals();
  };
}

/** Lets milliseconds pass: timer by timer, and after each all that its promises lead to. */
export async function pass(ms: number): Promise<void> {
  let isOver = (): boolean => false;
  setTimeout(() => {
    isOver = () => true;
  }, ms);
  await promises();
  while (!isOver()) {
    clock.next();
    await promises();
  }
}

/** Node runs all promises that are due before the next tick. */
function promises(): Promise<void> {
  return new Promise(resolve => {
    process.nextTick(resolve);
  });
}

/** Puts chance under control of the test, until the returned function is called. */
function loadDice(seed: number): () => void {
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
export const doneSoFar = () => clock.done;
