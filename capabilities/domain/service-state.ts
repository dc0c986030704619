import { patienceOf } from "./patience";
import { isLame, standbyOf, type Situation } from "./situation";
import type { FallbackPod } from "./fallback-pod";
import { isListed } from "./standby-slice";

/**
 * What clients of a critical Service meet.
 *
 * - `Healthy`: its own Pods answer.
 * - `Waiting`: it is lame, but not yet for as long as `activateAfterSeconds` asks for.
 * - `Starting`: it is lame, and its fallback is not Ready yet.
 * - `Active`: it is lame, and the fallback answers.
 * - `Releasing`: its own Pods answer, and its fallback too, until `releaseAfterSeconds` have passed.
 * - `Blocked`: it is lame, and something that people can put right keeps it from its fallback.
 */
export const PHASES = ["Healthy", "Waiting", "Starting", "Active", "Releasing", "Blocked"] as const;
export type Phase = (typeof PHASES)[number];

/** What is told of a critical Service. */
export interface ServiceState {
  readonly phase: Phase;
  /** Why it is in this phase, in a sentence's words. */
  readonly message: string;
  /** What its fallback can't do, now or when it is needed. */
  readonly warnings: readonly string[];
}

/** A state, and since when; undefined: it was so when the operator first looked. */
export type TimedState = ServiceState & {
  readonly since: Date | undefined;
  /** Since when its fallback has answered, if that was seen. */
  readonly answeringSince?: Date | undefined;
};

/** What went wrong when a Service was last put right. */
export interface Problem {
  readonly message: string;
  /** Trying again does not help: somebody has to change something. */
  readonly lasting: boolean;
}

/** A state that begins, or goes on, at `now`. */
export function timed(before: TimedState | undefined, state: ServiceState, now: Date): TimedState {
  const since = phaseSince(before, state, now);
  const { phase } = state;
  if (phase !== "Active" && phase !== "Releasing") {
    return { ...state, since };
  }
  const isNew = before?.phase !== "Active" && before?.phase !== "Releasing";
  return { ...state, since, answeringSince: isNew ? since : before.answeringSince };
}

/** A phase that lasts keeps its time; the first one seen may be older than this process. */
function phaseSince(
  before: TimedState | undefined,
  { phase }: ServiceState,
  now: Date,
): Date | undefined {
  if (!before) {
    return phase === "Starting" || phase === "Waiting" ? now : undefined;
  }
  return before.phase === phase ? before.since : now;
}

/** The state of a Service; undefined if no CriticalService names it, or too little is known yet. */
export function serviceState(
  situation: Situation,
  warnings: readonly string[],
  problem?: Problem,
): ServiceState | undefined {
  const lame = isLame(situation);
  if (lame === undefined || !situation.protectedBy?.length) {
    return undefined;
  }
  return (lame ? lameState : wellState)(situation, warnings, problem);
}

function lameState(
  situation: Situation,
  warnings: readonly string[],
  problem: Problem | undefined,
): ServiceState {
  const why = whyLame(situation.endpoints.selected);
  const serving = situation.fallbacks.find(pod => isReachable(pod, situation));
  if (serving) {
    const trouble = troubleOf(problem, serving);
    const message = `${why}: Pod ${serving.name} answers`;
    return { phase: "Active", message, warnings: [...warnings, ...trouble] };
  }
  const patience = patienceOf(situation);
  if (patience) {
    return { phase: "Waiting", message: `${why}: ${patience.reason}`, warnings };
  }
  const message = `${why}: ${problem?.message ?? "its fallback Pod starts"}`;
  return { phase: problem?.lasting ? "Blocked" : "Starting", message, warnings };
}

function wellState(
  situation: Situation,
  warnings: readonly string[],
  problem: Problem | undefined,
): ServiceState {
  // How many is left out: with each Pod that comes or goes the status would be written anew.
  const own = "has Ready Pods of its own";
  const patience = patienceOf(situation);
  if (patience) {
    return { phase: "Releasing", message: `${own}: ${patience.reason}`, warnings };
  }
  if (standbyOf(situation) === "Cold") {
    return { phase: "Healthy", message: own, warnings };
  }
  const ready = situation.fallbacks.find(pod => isReachable(pod, situation));
  const standby = ready ? `Pod ${ready.name} stands by` : "its standby Pod starts";
  const trouble = troubleOf(problem, ready);
  return { phase: "Healthy", message: `${own}; ${standby}`, warnings: [...warnings, ...trouble] };
}

/** What a problem that lasts means for clients, or will. */
function troubleOf(problem: Problem | undefined, reachable: FallbackPod | undefined): string[] {
  const what = reachable ? "a change has no effect yet" : "nothing stands by";
  return problem?.lasting ? [`${what}: ${problem.message}`] : [];
}

function isReachable(pod: FallbackPod, { endpoints, slices }: Situation): boolean {
  const isListedAtAll = endpoints.fallbacks.includes(pod.uid) || isListed(pod, slices);
  return pod.ready && pod.state === "live" && isListedAtAll;
}

/** What is the matter with a lame Service, in the original's words. */
export function whyLame(selected: number): string {
  return selected === 0
    ? "has no selected POD"
    : `has no Ready POD: none of its ${selected} selected POD(s) is Ready`;
}
