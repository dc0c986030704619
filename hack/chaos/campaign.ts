import { setTimeout as sleep } from "node:timers/promises";
import { fallbackBreaches, unsettled } from "../invariants/fallbacks";
import { perform } from "./actions";
import type { ClusterApi } from "./cluster-api";
import type { Checker, Findings } from "./checker";
import type { Fault, Round } from "./plan";
import type { Stage } from "./stage";
import type { Breach } from "../invariants/snapshot";
import type { World } from "./world";

/** What a round came to. */
export interface RoundResult extends Findings {
  readonly number: number;
  readonly fault: Fault["kind"];
  /** Milliseconds until all was as it has to be, once the fault and Kubernetes' controllers were done. */
  readonly heldAfterMs: number;
  readonly breaches: readonly Breach[];
  /** How often an operator ended by itself. */
  readonly ended: number;
}

/** What a campaign is played with. */
export interface Parts {
  readonly stage: Stage;
  readonly world: World;
  readonly api: ClusterApi;
  readonly checker: Checker;
  /** Milliseconds within which the invariants must hold once things are quiet and the operator watches. */
  readonly limitMs: number;
}

const POLL_MS = 50;
/** Kubernetes' own controllers are given this long after their API server died, and the operator to start. */
const SETTLE_MS = 90_000;

/** Plays one round, and checks the invariants. */
export async function playRound(parts: Parts, round: Round, number: number): Promise<RoundResult> {
  const { stage, checker } = parts;
  const endedBefore = countEnds(stage);
  await stage.prepare(round);
  await Promise.all([stage.suffer(round), act(parts, round)]);
  const { heldAfterMs, breaches } = await untilHeld(parts);
  const findings = checker.check(stage.operators);
  return {
    ...findings,
    number,
    fault: round.fault.kind,
    heldAfterMs,
    breaches: [...breaches, ...findings.breaches],
    ended: Math.max(0, countEnds(stage) - endedBefore),
  };
}

async function act({ api }: Parts, { steps }: Round): Promise<void> {
  const begin = Date.now();
  for (const { afterMs, action } of steps) {
    await sleep(Math.max(0, begin + afterMs - Date.now()));
    await perform(api, action);
  }
}

async function untilHeld({ stage, world, limitMs }: Parts) {
  const begin = Date.now();
  let settledAt = begin;
  let watchedAt = begin;
  while (Date.now() - begin < SETTLE_MS) {
    const snapshot = world.snapshot();
    const now = Date.now();
    const isDone = unsettled(snapshot).length === 0;
    settledAt = isDone ? settledAt : now;
    watchedAt = isDone && stage.isWatching ? watchedAt : now;
    const breaches = fallbackBreaches(snapshot);
    if (isDone && (breaches.length === 0 || now - watchedAt > limitMs)) {
      return { heldAfterMs: now - settledAt, breaches };
    }
    await sleep(POLL_MS);
  }
  const left = unsettled(world.snapshot());
  const what = left.length > 0 ? left.join("; ") : "the operator does not watch";
  const late = `after ${SETTLE_MS / 1000} s`;
  return {
    heldAfterMs: SETTLE_MS,
    breaches: [{ subject: "the cluster", what: `${late}: ${what}` }],
  };
}

function countEnds({ operators }: Stage): number {
  return operators.reduce((sum, { ended }) => sum + ended, 0);
}
