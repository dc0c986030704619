import type { Log } from "pepr";
import type { ClusterApi } from "../cluster";
import { announceStatus, type Announcement } from "../domain/announce";
import { GROUP, VERSION } from "../domain/crd";
import { saysTheSame, statusOf, timeless } from "../domain/status";
import type { View } from "../domain/view";
import type { EventRecorder } from "./event-recorder";
import { Insistence } from "./insistence";
import type { QueueMetrics } from "./queue-metrics";
import type { ServiceStates } from "./service-states";
import { WorkQueue, type Place } from "./work-queue";

const CONCURRENCY = 2;
/** 20 in a second: in an outage of a thousand Services the API server has better to do. */
const PACE_MS = 100;
const BACKOFF = { baseMs: 1000, maxMs: 60_000 };
/** Changes within this time are written together: an outage touches many Services at once. */
const TOGETHER_MS = 2000;

interface Parts {
  readonly view: View;
  readonly states: ServiceStates;
  readonly api: ClusterApi;
  readonly events: EventRecorder;
  readonly queues: QueueMetrics;
  readonly log: typeof Log;
  /** Whether all Services have been looked at once; half a picture is not written down. */
  readonly isSettled: () => boolean;
}

/** Keeps the status of the CriticalServices true, with a write only where something has changed. */
export class StatusWriter {
  readonly #parts: Parts;
  readonly #queue: WorkQueue;
  /** Another operator may know other things for a while, and write those. */
  readonly #insistence = new Insistence<object>(BACKOFF);

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#queue = new WorkQueue({
      concurrency: CONCURRENCY,
      meter: parts.queues.meter("status", CONCURRENCY),
      backoff: BACKOFF,
      work: (name, place) => this.#write(name, place),
      onFailure: (criticalService, error) => {
        parts.log.warn({ criticalService, err: error }, "The status could not be written");
      },
    });
  }

  /** Has the status of CriticalServices looked at, soon. */
  refresh(names: readonly string[]): void {
    for (const name of names) {
      this.#queue.addLater(name, TOGETHER_MS);
    }
  }

  async #write(name: string, place: Place): Promise<number | undefined> {
    const { view, states, api, isSettled } = this.#parts;
    const known = view.criticalService(name);
    if (!known) {
      this.#insistence.forget(name);
      return undefined;
    }
    if (!isSettled()) {
      return TOGETHER_MS;
    }
    const { generation, problems, status: previous } = known;
    const services = states.namedBy(name);
    const status = statusOf({ generation, problems, services, previous, now: new Date() });
    if (saysTheSame(status, previous)) {
      return undefined;
    }
    const wish = { uid: known.uid, ...timeless(status) };
    return this.#insistence.attempt(name, wish, async () => {
      place.keep(PACE_MS);
      await api.writeStatus(name, status);
      view.setStatus(name, known.uid, status);
      this.#announce(name, known.uid, announceStatus(previous, status));
    });
  }

  #announce(name: string, uid: string, announcements: readonly Announcement[]): void {
    const about = { apiVersion: `${GROUP}/${VERSION}`, kind: "CriticalService", name, uid };
    for (const announcement of announcements) {
      this.#parts.events.record({ ...about, namespace: undefined }, announcement);
    }
  }
}
