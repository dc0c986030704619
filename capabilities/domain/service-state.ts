import { isLame, standbyOf, type Situation } from "./decide";
import type { FallbackPod } from "./fallback-pod";
import { isListed } from "./standby-slice";

/**
 * What clients of a critical Service meet.
 *
 * - `Healthy`: its own Pods answer.
 * - `Starting`: it is lame, and its fallback is not Ready yet.
 * - `Active`: it is lame, and the fallback answers.
 * - `Blocked`: it is lame, and something that people can put right keeps it from its fallback.
 */
export type Phase = "Healthy" | "Starting" | "Active" | "Blocked";

/** What is told of a critical Service. */
export interface ServiceState {
  readonly phase: Phase;
  /** Why it is in this phase, in a sentence's words. */
  readonly message: string;
  /** What its fallback can't do, now or when it is needed. */
  readonly warnings: readonly string[];
}

/** A state, and since when; undefined: it was so when the operator first looked. */
export type TimedState = ServiceState & { readonly since: Date | undefined };

/** What went wrong when a Service was last put right. */
export interface Problem {
  readonly message: string;
  /** Trying again does not help: somebody has to change something. */
  readonly lasting: boolean;
}

/** The state of a Service; undefined if no CriticalService names it, or too little is known yet. */
export function serviceState(
  situation: Situation,
  warnings: readonly string[],
  problem?: Problem,
): ServiceState | undefined {
  const { endpoints, protectedBy = [], fallbacks } = situation;
  const lame = isLame(situation);
  if (lame === undefined || protectedBy.length === 0) {
    return undefined;
  }
  if (!lame) {
    return healthy(situation, warnings, problem);
  }
  const why = whyLame(endpoints.selected);
  const serving = fallbacks.find(pod => isReachable(pod, situation));
  if (serving) {
    const trouble = problem?.lasting ? [`a change has no effect yet: ${problem.message}`] : [];
    const message = `${why}: Pod ${serving.name} answers`;
    return { phase: "Active", message, warnings: [...warnings, ...trouble] };
  }
  if (problem) {
    const phase = problem.lasting ? "Blocked" : "Starting";
    return { phase, message: `${why}: ${problem.message}`, warnings };
  }
  return { phase: "Starting", message: `${why}: its fallback Pod starts`, warnings };
}

function healthy(
  situation: Situation,
  warnings: readonly string[],
  problem: Problem | undefined,
): ServiceState {
  const own = `has ${situation.endpoints.ready} Ready Pod(s) of its own`;
  if (standbyOf(situation) === "Cold") {
    return { phase: "Healthy", message: own, warnings };
  }
  const ready = situation.fallbacks.find(pod => isReachable(pod, situation));
  const standby = ready ? `Pod ${ready.name} stands by` : "its standby Pod starts";
  const trouble = problem?.lasting ? [`nothing stands by: ${problem.message}`] : [];
  return { phase: "Healthy", message: `${own}; ${standby}`, warnings: [...warnings, ...trouble] };
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
