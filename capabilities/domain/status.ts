import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { splitServiceKey, type ServiceKey } from "./kubernetes";
import type { ConditionReason, ConditionType } from "./reasons";
import { PHASES, type Phase, type TimedState } from "./service-state";

/** Services that a status lists at most, those in trouble first; the counts are of all. */
export const MAX_LISTED = 50;

const count = z.int().min(0);
const time = z.string().meta({ format: "date-time" });

const condition = z.object({
  type: z.string().describe("Ready, FallbackActive or Degraded."),
  status: z.enum(["True", "False", "Unknown"]).describe("Whether it holds: True, False, Unknown."),
  observedGeneration: count.optional().describe("The generation that it is about."),
  lastTransitionTime: time.describe("When its status changed last."),
  reason: z.string().describe("Why its status is so, in a word for programs."),
  message: z.string().describe("Why its status is so, and what to do about it."),
});

const service = z.object({
  namespace: z.string().describe("Its namespace."),
  name: z.string().describe("Its name."),
  phase: z
    .enum(PHASES)
    .describe(
      "Healthy: its own Pods answer. Waiting: it is lame, but not for activateAfterSeconds yet. Starting: it is lame, its fallback is not Ready yet. Active: the fallback answers. Releasing: so do its own Pods, but not for releaseAfterSeconds yet. Blocked: it is lame and gets no fallback.",
    ),
  since: time.describe("When it got into this phase."),
  message: z.string().describe("Why it is in this phase."),
  warnings: z
    .array(z.string())
    .optional()
    .describe("What its fallback can't do, such as a port that it does not serve."),
});

/** `status` of a CriticalService: the one source of the type and of the CRD. */
export const criticalServiceStatus = z.object({
  observedGeneration: count.optional().describe("The generation that this status is about."),
  conditions: z
    .array(condition)
    .optional()
    .describe("Ready, FallbackActive and Degraded.")
    .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"] }),
  matched: count.optional().describe("Services that it names."),
  lame: count.optional().describe("Those of them without a Ready Pod of their own."),
  active: count.optional().describe("Those of them that their fallback answers for."),
  services: z
    .array(service)
    .optional()
    .describe(`The Services, those in trouble first; at most ${MAX_LISTED}.`)
    .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["namespace", "name"] }),
});

export type CriticalServiceStatus = z.infer<typeof criticalServiceStatus>;
export type Condition = z.infer<typeof condition>;
type ListedService = z.infer<typeof service>;

/** What a status is made of. */
export interface StatusInput {
  readonly generation: number | undefined;
  /** What is wrong with the spec. */
  readonly problems: readonly string[];
  readonly services: readonly (readonly [ServiceKey, TimedState])[];
  readonly previous: CriticalServiceStatus | undefined;
  readonly now: Date;
}

/** The status of a CriticalService; the previous one's times stay where nothing else has changed. */
export function statusOf(input: StatusInput): CriticalServiceStatus {
  const { generation, services } = input;
  const count = (...phases: Phase[]) => inPhase(services, ...phases).length;
  return {
    ...(generation !== undefined && { observedGeneration: generation }),
    conditions: conditionsOf(input),
    matched: services.length,
    lame: count("Waiting", "Starting", "Active", "Blocked"),
    active: count("Active", "Releasing"),
    services: listServices(input),
  };
}

/** Whether two statuses differ in times at most: two operators see a change at different times. */
export function saysTheSame(
  one: CriticalServiceStatus | undefined,
  other: CriticalServiceStatus | undefined,
): boolean {
  return isDeepStrictEqual(timeless(one), timeless(other));
}

/** What a status says, whenever it came to be so. */
export function timeless(status: CriticalServiceStatus | undefined) {
  return {
    ...status,
    conditions: status?.conditions?.map(condition => ({ ...condition, lastTransitionTime: "" })),
    services: status?.services?.map(service => ({ ...service, since: "" })),
  };
}

const URGENCY: Record<Phase, number> = {
  Blocked: 0,
  Starting: 1,
  Waiting: 2,
  Active: 3,
  Releasing: 4,
  Healthy: 6,
};

function listServices({ services, previous, now }: StatusInput): ListedService[] {
  const urgency = ({ phase, warnings }: TimedState) =>
    Math.min(URGENCY[phase], warnings.length > 0 ? 5 : 6);
  return [...services]
    .sort(([a, x], [b, y]) => urgency(x) - urgency(y) || (a < b ? -1 : 1))
    .slice(0, MAX_LISTED)
    .map(([key, { phase, since, message, warnings }]) => {
      const { namespace, name } = splitServiceKey(key);
      const listed = previous?.services?.find(
        one => one.namespace === namespace && one.name === name && one.phase === phase,
      );
      return {
        ...{ namespace, name, phase },
        since: earlier(since, listed?.since, now),
        message,
        ...(warnings.length > 0 && { warnings: [...warnings] }),
      };
    });
}

/** Two operators see a change some seconds apart; the time that was written first stays. */
const SAME_CHANGE_MS = 10_000;

function earlier(seen: Date | undefined, written: string | undefined, now: Date): string {
  const isSame =
    written !== undefined &&
    (!seen || Math.abs(seen.getTime() - Date.parse(written)) < SAME_CHANGE_MS);
  return isSame ? written : timestamp(seen ?? now);
}

/** RFC 3339 in whole seconds, as Kubernetes writes times. */
export function timestamp(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

function conditionsOf(input: StatusInput): Condition[] {
  return [readyCondition(input), activeCondition(input), degradedCondition(input)].map(made => {
    const before = input.previous?.conditions?.find(({ type }) => type === made.type);
    return {
      ...made,
      ...(input.generation !== undefined && { observedGeneration: input.generation }),
      lastTransitionTime:
        before?.status === made.status ? before.lastTransitionTime : timestamp(input.now),
    };
  });
}

interface Verdict<Type extends ConditionType> extends Pick<Condition, "status" | "message"> {
  readonly type: Type;
  readonly reason: ConditionReason<Type>;
}

function readyCondition({ problems, services }: StatusInput): Verdict<"Ready"> {
  const type = "Ready";
  if (problems.length > 0) {
    return { type, status: "False", reason: "InvalidSpec", message: problems.join("; ") };
  }
  const blocked = inPhase(services, "Blocked");
  if (blocked.length > 0) {
    return { type, status: "False", reason: "FallbackRefused", message: sentence(blocked) };
  }
  if (services.length === 0) {
    const message = "No Service has these labels in the namespaces that are looked after";
    return { type, status: "True", reason: "NoServiceNamed", message };
  }
  const message = `${services.length} Service(s) are looked after`;
  return { type, status: "True", reason: "LookingAfter", message };
}

function activeCondition({ services }: StatusInput): Verdict<"FallbackActive"> {
  const type = "FallbackActive";
  const active = inPhase(services, "Active", "Releasing");
  if (active.length > 0) {
    return { type, status: "True", reason: "ServiceLame", message: sentence(active) };
  }
  for (const phase of ["Starting", "Waiting"] as const) {
    const onTheWay = inPhase(services, phase);
    if (onTheWay.length > 0) {
      return { type, status: "False", reason: phase, message: sentence(onTheWay) };
    }
  }
  return { type, status: "False", reason: "NotNeeded", message: "No fallback answers" };
}

function degradedCondition({ services }: StatusInput): Verdict<"Degraded"> {
  const type = "Degraded";
  const blocked = inPhase(services, "Blocked");
  if (blocked.length > 0) {
    return { type, status: "True", reason: "FallbackRefused", message: sentence(blocked) };
  }
  const warned = services.filter(([, { warnings }]) => warnings.length > 0);
  if (warned.length > 0) {
    const message = sentence(warned.map(([key, state]) => [key, state.warnings.join("; ")]));
    return { type, status: "True", reason: "FallbackWarning", message };
  }
  return { type, status: "False", reason: "AsExpected", message: "Nothing is amiss" };
}

function inPhase(services: StatusInput["services"], ...phases: Phase[]): [ServiceKey, string][] {
  return services
    .filter(([, { phase }]) => phases.includes(phase))
    .map(([key, { message }]) => [key, message]);
}

/** Services that a condition's message names at most. */
const MAX_NAMED = 3;
/** The API's limit: https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#condition-v1-meta */
const MAX_MESSAGE = 32_768;

function sentence(services: readonly (readonly [ServiceKey, string])[]): string {
  const named = [...services].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, MAX_NAMED);
  const rest = services.length - named.length;
  const text = named.map(([key, message]) => `${key}: ${message}`).join("; ");
  return `${text}${rest > 0 ? `; and ${rest} more` : ""}`.slice(0, MAX_MESSAGE);
}
