import type { Log } from "pepr";
import type { ClusterApi } from "../cluster";
import { ApiError } from "../cluster/api";
import type { Occurrence, RecordedEvent, Regarding } from "../cluster/events";
import type { Announcement } from "../domain/announce";
import { OVERTAKES } from "../domain/reasons";
import type { QueueMetrics } from "./queue-metrics";
import { WorkQueue, type Place } from "./work-queue";

/** Few: what Services wait for goes first. */
const CONCURRENCY = 4;
/** 20 in a second: in an outage of a thousand Services the API server has better to do. */
const PACE_MS = 200;
const BACKOFF = { baseMs: 1000, maxMs: 60_000 };
/** Soon enough for people; by then a fallback answers in many a case, and one Event tells it all. */
const TOLD_AFTER_MS = 2000;
/** Events remembered, to count them up without asking. */
const REMEMBERED = 10_000;
/** Two operators tell of one change within this time; it counts once. */
const SAME_CHANGE_MS = 10_000;

interface Remembered {
  readonly event: RecordedEvent;
  /** Who has counted it up last. */
  readonly by: "us" | "another";
}

interface Pending {
  readonly regarding: Regarding;
  readonly announcement: Announcement;
  readonly occurrence: Occurrence;
}

/**
 * Writes Events, in the background. What happens again to an object for the same reason is counted
 * up in the one Event, however often and whichever operator tells it.
 */
export class EventRecorder {
  readonly #api: ClusterApi;
  readonly #log: typeof Log;
  readonly #pending = new Map<string, Pending>();
  readonly #recorded = new Map<string, Remembered>();
  readonly #queue: WorkQueue;

  constructor(api: ClusterApi, log: typeof Log, queues: QueueMetrics) {
    this.#api = api;
    this.#log = log;
    this.#queue = new WorkQueue({
      concurrency: CONCURRENCY,
      meter: queues.meter("event", CONCURRENCY),
      backoff: BACKOFF,
      work: (key, place) => this.#write(key, place),
      onFailure: (_key, error) => {
        log.warn({ err: error }, "An Event could not be written; it is tried again");
      },
    });
  }

  /** Has an Event written, soon. */
  record(regarding: Regarding, announcement: Announcement): void {
    const key = keyOf(regarding, announcement.reason);
    // What happens again before it is written is counted.
    const times = (this.#pending.get(key)?.occurrence.times ?? 0) + 1;
    const occurrence = { at: new Date(), times };
    this.#pending.set(key, { regarding, announcement, occurrence });
    const overtaken = OVERTAKES[announcement.reason];
    if (overtaken) {
      this.#pending.delete(keyOf(regarding, overtaken));
    }
    this.#queue.addLater(key, TOLD_AFTER_MS);
  }

  async #write(key: string, place: Place): Promise<undefined> {
    const pending = this.#pending.get(key);
    if (!pending) {
      return;
    }
    this.#pending.delete(key);
    place.keep(PACE_MS);
    try {
      this.#remember(key, await this.#createOrRepeat(this.#recorded.get(key), pending));
    } catch (error) {
      if (!(error instanceof ApiError && error.isRefusal)) {
        this.#putBack(key, pending);
        throw error;
      }
      // Such as: the namespace is being deleted. The same would be refused again.
      this.#log.info({ err: error }, "An Event was refused");
    }
  }

  /** It is still to be told, with what came since. */
  #putBack(key: string, { occurrence, ...what }: Pending): void {
    const { occurrence: since, ...newer } = this.#pending.get(key) ?? { occurrence, ...what };
    const times = since === occurrence ? since.times : since.times + occurrence.times;
    this.#pending.set(key, { ...newer, occurrence: { at: since.at, times } });
  }

  async #createOrRepeat(
    known: Remembered | undefined,
    { regarding, announcement, occurrence }: Pending,
  ): Promise<Remembered | undefined> {
    if (known && isTold(occurrence, known)) {
      return known;
    }
    const repeated = known && (await this.#api.repeatEvent(known.event, announcement, occurrence));
    const written = repeated ?? (await this.#api.createEvent(regarding, announcement, occurrence));
    if (written) {
      return { event: written, by: "us" };
    }
    const present = await this.#api.getEvent(regarding, announcement.reason);
    if (!present || isTold(occurrence, { event: present, by: "another" })) {
      return present && { event: present, by: "another" };
    }
    const counted = await this.#api.repeatEvent(present, announcement, occurrence);
    // If another operator was faster, it has told of the same change; somebody else's Event is left.
    return counted && { event: counted, by: "us" };
  }

  #remember(key: string, event: Remembered | undefined): void {
    this.#recorded.delete(key);
    if (event) {
      this.#recorded.set(key, event);
    }
    const [oldest] = this.#recorded.keys();
    if (oldest !== undefined && this.#recorded.size > REMEMBERED) {
      this.#recorded.delete(oldest);
    }
  }
}

/** Begins with the namespace: the queue has them take turns. */
function keyOf({ namespace = "", uid }: Regarding, reason: string): string {
  return `${namespace}/${uid}/${reason}`;
}

/** Whether another operator has told of this occurrence. */
function isTold({ at }: Occurrence, { event, by }: Remembered): boolean {
  return by === "another" && at.getTime() - event.at.getTime() < SAME_CHANGE_MS;
}
