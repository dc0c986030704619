import { isLame, standbyOf, type Situation } from "./situation";

/** What is waited for: the Service may flap, and its fallback Pod is not to come and go with it. */
export interface Patience {
  readonly until: "activation" | "release";
  /** Milliseconds that are left to wait. */
  readonly ms: number;
  readonly reason: string;
}

/**
 * Whether it is too early for the fallback to start, or to go; undefined: it is not. Of several
 * CriticalServices, the one that gives the Service its fallback first and takes it last has its way.
 * A warm standby never waits: it takes over by itself.
 */
export function patienceOf(situation: Situation): Patience | undefined {
  const lame = isLame(situation);
  const { protectedBy = [], steadyMs = Infinity } = situation;
  if (lame === undefined || protectedBy.length === 0 || standbyOf(situation) === "Warm") {
    return undefined;
  }
  // A fallback that is there stays: it was started in time, perhaps by an operator before this one.
  const isThere = situation.fallbacks.some(({ state }) => state === "live");
  if (lame) {
    const seconds = Math.min(...protectedBy.map(({ spec }) => spec.activateAfterSeconds));
    const reason = `its fallback Pod starts if it is so for ${seconds} s`;
    return isThere ? undefined : patience("activation", seconds, steadyMs, reason);
  }
  const seconds = Math.max(...protectedBy.map(({ spec }) => spec.releaseAfterSeconds));
  const reason = `its fallback Pod goes if it is so for ${seconds} s`;
  return isThere ? patience("release", seconds, steadyMs, reason) : undefined;
}

/**
 * The watches come back one after the other when the API server was away, up to 6 s apart: a Service
 * may show its new labels while the CriticalService that names it by them is not known yet.
 */
const DOUBT_MS = 10_000;

/**
 * Milliseconds for which a lame Service is to keep its fallback though no CriticalService names it:
 * one may yet turn out to. 0 if its clients lose nothing by the release, or there is no doubt.
 */
export function doubtMs(situation: Situation): number {
  const { fallbacks, unnamedMs = Infinity } = situation;
  const serves = isLame(situation) === true && fallbacks.some(({ ready }) => ready);
  return serves ? Math.max(0, DOUBT_MS - unnamedMs) : 0;
}

function patience(
  until: Patience["until"],
  seconds: number,
  steadyMs: number,
  reason: string,
): Patience | undefined {
  const ms = seconds * 1000 - steadyMs;
  return ms > 0 ? { until, ms, reason } : undefined;
}
