import { SERVICE_EVENTS, type ServiceEvent } from "./reasons";
import type { Phase, TimedState } from "./service-state";
import type { Condition, CriticalServiceStatus } from "./status";

/** What is to be told people as an Event: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/ */
export interface Announcement {
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
}

/**
 * The Events that a Service's change from one state to another is worth. Nothing is told of a Service
 * that is first seen in order, or with its fallback up: the operator has only just started.
 */
export function announceService(before: TimedState | undefined, now: TimedState): Announcement[] {
  const announcements: Announcement[] = [];
  const { message } = now;
  if (now.phase === "Blocked" && before?.message !== message) {
    announcements.push(serviceEvent("FallbackRefused", message));
  }
  if (before?.phase !== now.phase) {
    announcements.push(...announcePhase(before, now));
  }
  const warnings = now.warnings.filter(warning => !before?.warnings.includes(warning));
  if (warnings.length > 0) {
    announcements.push(serviceEvent("FallbackWarning", warnings.join("; ")));
  }
  return announcements;
}

/** A Service that may only flap is told of when its fallback starts, and when that has gone. */
function announcePhase(before: TimedState | undefined, now: TimedState): Announcement[] {
  const { phase, message } = now;
  const lame = serviceEvent("ServiceLame", message);
  if (phase === "Starting") {
    return before?.phase === "Blocked" ? [] : [lame];
  }
  if (!before) {
    return [];
  }
  if (phase === "Active" && before.phase !== "Releasing") {
    const active = serviceEvent("FallbackActive", message);
    // A warm standby, or a fast start: nobody has told yet that the Service is lame.
    return isQuiet(before.phase) ? [lame, active] : [active];
  }
  if (phase === "Healthy" && !isQuiet(before.phase)) {
    const text = `is well again${onFallback(before, now)}: ${message}`;
    return [serviceEvent("FallbackReleased", text)];
  }
  return [];
}

function serviceEvent(reason: ServiceEvent, message: string): Announcement {
  const [type] = SERVICE_EVENTS[reason];
  return { type, reason, message };
}

/** Whether nothing has been told that is to be taken back. */
function isQuiet(phase: Phase): boolean {
  return phase === "Healthy" || phase === "Waiting";
}

/** How long the fallback answered, as far as it was seen. */
function onFallback({ answeringSince }: TimedState, now: TimedState): string {
  if (!answeringSince || !now.since) {
    return "";
  }
  const seconds = Math.round((now.since.getTime() - answeringSince.getTime()) / 1000);
  return ` after ${seconds} s on its fallback`;
}

/** The Events that a change of a CriticalService's conditions is worth. */
export function announceStatus(
  before: CriticalServiceStatus | undefined,
  now: CriticalServiceStatus,
): Announcement[] {
  return (now.conditions ?? [])
    .filter(condition => isNews(condition, before?.conditions))
    .flatMap(announceCondition);
}

/** The first status is worth telling only of trouble. */
function isNews({ type, status }: Condition, before: readonly Condition[] | undefined): boolean {
  const earlier = before?.find(condition => condition.type === type);
  return earlier ? earlier.status !== status : isTrouble({ type, status });
}

function announceCondition({ type, status, reason, message }: Condition): Announcement[] {
  if (type === "FallbackActive") {
    const what = status === "True" ? "FallbackActive" : "FallbackReleased";
    return [{ type: "Normal", reason: what, message }];
  }
  // Ready says the same as Degraded, but for a spec that can't be read.
  if (type === "Degraded" || reason === "InvalidSpec") {
    return [{ type: isTrouble({ type, status }) ? "Warning" : "Normal", reason, message }];
  }
  return [];
}

function isTrouble({ type, status }: Pick<Condition, "type" | "status">): boolean {
  return (type === "Degraded" && status === "True") || (type === "Ready" && status === "False");
}
