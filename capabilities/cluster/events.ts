import { createHash } from "node:crypto";
import type { kind } from "kubernetes-fluent-client";
import type { Announcement } from "../domain/announce";
import { timestamp } from "../domain/status";
import { callApi, unlessConflict, unlessInvalid, unlessNotFound } from "./api";
import { EVENTS, pathOf } from "./paths";

/** The object that an Event is about. */
export interface Regarding {
  readonly apiVersion: string;
  readonly kind: string;
  /** Undefined for a cluster-scoped object, whose Events are kept in the namespace `default`. */
  readonly namespace: string | undefined;
  readonly name: string;
  readonly uid: string;
}

/** An Event that was written, to be counted up when the same happens again. */
export interface RecordedEvent {
  readonly namespace: string;
  readonly name: string;
  readonly count: number;
  /** When it happened last. */
  readonly at: Date;
}

/** That something happened, or happened again. */
export interface Occurrence {
  /** When, or when last. */
  readonly at: Date;
  /** How often since it was told last. */
  readonly times: number;
}

const COMPONENT = "critical-service-operator";
const NAME_LIMIT = 220;

/**
 * Creates an Event, as `kubectl describe` shows it below the object. One object has one Event for
 * each reason, so all operators call it the same.
 *
 * @returns undefined if it is there already
 * @throws {ApiError}
 */
export async function createEvent(
  regarding: Regarding,
  announcement: Announcement,
  { at, times }: Occurrence,
): Promise<RecordedEvent | undefined> {
  const identity = eventIdentity(regarding, announcement.reason);
  const time = timestamp(at);
  const event = {
    metadata: identity,
    involvedObject: regarding,
    ...announcement,
    source: { component: COMPONENT },
    reportingComponent: COMPONENT,
    firstTimestamp: time,
    lastTimestamp: time,
    count: times,
  };
  const what = `recording ${announcement.reason} of ${regarding.kind} ${regarding.name}`;
  const created = await unlessConflict(() =>
    callApi<object>(what, {
      method: "POST",
      path: pathOf(EVENTS, { namespace: identity.namespace }),
      body: event,
    }),
  );
  return created && { ...identity, count: times, at };
}

/**
 * Reads the Event that an object has for a reason.
 *
 * @returns undefined if there is none
 * @throws {ApiError}
 */
export async function getEvent(
  regarding: Regarding,
  reason: string,
): Promise<RecordedEvent | undefined> {
  const { namespace, name } = eventIdentity(regarding, reason);
  const found = await unlessNotFound(() =>
    callApi<kind.CoreEvent>(`reading Event ${namespace}/${name}`, {
      method: "GET",
      path: pathOf(EVENTS, { namespace, name }),
    }),
  );
  return (
    found && { namespace, name, count: found.count ?? 1, at: new Date(found.lastTimestamp ?? 0) }
  );
}

/**
 * Counts an Event up that has happened again.
 *
 * @returns undefined if it is no longer there, as the API server keeps Events for an hour, or if
 *   another operator has counted it up since
 * @throws {ApiError}
 */
export async function repeatEvent(
  { namespace, name, count }: RecordedEvent,
  { message }: Announcement,
  { at, times }: Occurrence,
): Promise<RecordedEvent | undefined> {
  const patched = await unlessNotFound(() =>
    unlessInvalid(() =>
      callApi<object>(`counting Event ${namespace}/${name} up`, {
        method: "PATCH",
        path: pathOf(EVENTS, { namespace, name }),
        contentType: "application/json-patch+json",
        body: [
          // Anybody may have made an Event of this name: theirs is left as it is.
          { op: "test", path: "/reportingComponent", value: COMPONENT },
          { op: "test", path: "/count", value: count },
          { op: "replace", path: "/count", value: count + times },
          { op: "replace", path: "/message", value: message },
          { op: "replace", path: "/lastTimestamp", value: timestamp(at) },
        ],
      }),
    ),
  );
  return patched && { namespace, name, count: count + times, at };
}

function eventIdentity({ namespace, name, uid }: Regarding, reason: string) {
  const digest = createHash("sha256").update(`${uid}/${reason}`).digest("hex").slice(0, 16);
  return { namespace: namespace ?? "default", name: `${name.slice(0, NAME_LIMIT)}.${digest}` };
}
