import { setTimeout as sleep } from "node:timers/promises";
import { Log } from "pepr";
import { ApiError } from "../cluster/api";
import type { Collection, WatchEvent } from "../cluster/collections";
import { Followed, type Followable, type Listed, type News } from "../domain/followed";
import type { WatchMeter } from "./watch-metrics";
import { retryDelay } from "./work-queue";

const BACKOFF = { baseMs: 200, maxMs: 5000 };
/** A watch that has lived that long did not fail to begin. */
const HEALTHY_MS = 10_000;
/** So answers the API server if the state to begin at is newer than all: etcd was put back. */
const TOO_NEW = 504;

/** A kind whose objects are followed, and what is done with what becomes of them. */
export interface Subject<T extends Followable> {
  /** As Kubernetes calls it. */
  readonly kind: string;
  readonly objects: Collection<T>;
  /** Reduces an object to what is looked at: whole ones of a long list would fill the memory. */
  readonly trim?: (object: T) => T;
  /** Told of an object that was created or changed. It does no I/O: the watch goes on at once. */
  readonly seen: (object: T) => void;
  /** Told of an object that was deleted. */
  readonly gone: (object: T) => void;
}

/**
 * Tells what becomes of the objects of one kind, each thing once and in order, from a watch and from
 * lists.
 */
export class Informer<T extends Followable = Followable> {
  readonly #subject: Subject<T>;
  readonly #meter: WatchMeter;
  readonly #followed = new Followed<T>();
  readonly #log: typeof Log;
  /** The resourceVersion of the last list, and of the last event of the watch. */
  #listedAt = "";
  #watchedTo = "";
  #renewal = new AbortController();

  constructor(subject: Subject<T>, meter: WatchMeter) {
    this.#subject = subject;
    this.#meter = meter;
    this.#log = Log.child({ component: "informer", kind: subject.kind });
  }

  get plural(): string {
    return this.#subject.objects.plural;
  }

  /** A watch told of an object that was created or changed; that it did so before does no harm. */
  seen(object: T): void {
    this.#meter.alive();
    if (this.#followed.seen(object)) {
      this.#subject.seen(object);
    }
  }

  /** A watch told of an object that was deleted. */
  gone(object: T): void {
    this.#meter.alive();
    if (this.#followed.gone(object)) {
      this.#subject.gone(object);
    }
  }

  /** Lists all there is. @returns what takes it in @throws {ApiError} */
  async list(): Promise<() => News<T>> {
    const { objects, trim = withoutManagedFields } = this.#subject;
    const items: T[] = [];
    let resourceVersion = "";
    for await (const page of objects.pages()) {
      items.push(...page.items.map(item => this.#followed.ifKnown(item) ?? trim(item)));
      resourceVersion = page.metadata.resourceVersion ?? "";
    }
    return () => this.#takeIn({ items, metadata: { resourceVersion } });
  }

  #takeIn(list: Listed<T>): News<T> {
    const isFirst = this.#listedAt === "";
    this.#listedAt = list.metadata?.resourceVersion ?? "";
    const news = this.#followed.listed(list);
    news.seen.forEach(this.#subject.seen);
    news.gone.forEach(this.#subject.gone);
    const missed = isFirst ? 0 : news.seen.length + news.gone.length;
    if (missed > 0) {
      this.#log.info({ missed }, "A list brought changes before the watch did");
    }
    this.#meter.listed(missed, missed === 0 && news.untold === 0);
    return news;
  }

  /**
   * Watches from the last list on, for as long as the process lives.
   *
   * @param relist lists again; called when the API server refuses to watch, be it that it no longer
   *   knows where the watch has ended: what a watch may not tell, lists do
   */
  async watch(relist: () => Promise<unknown>): Promise<never> {
    this.#goToLastList();
    for (let failures = 0; ; ) {
      const openedAt = performance.now();
      const error = await this.#watchOnce();
      if (error instanceof ApiError && (error.isRefusal || error.status === TOO_NEW)) {
        await relist().then(
          () => {
            this.#goToLastList();
          },
          (cause: unknown) => {
            this.#log.warn({ err: cause }, "Listing again failed; the watch tries again first");
          },
        );
      }
      failures = performance.now() - openedAt > HEALTHY_MS ? 0 : failures + 1;
      await sleep(failures > 0 ? retryDelay(BACKOFF, failures, error) : 0);
    }
  }

  /** Has the watch made anew, from the last list on: it is dead. */
  renew(): void {
    this.#goToLastList();
    this.#renewal.abort();
  }

  /** Watches until the API server ends it, or it fails. @returns why it failed, if it did */
  async #watchOnce(): Promise<unknown> {
    const { objects } = this.#subject;
    this.#renewal = new AbortController();
    const tell = (event: WatchEvent<T>): void => {
      this.#watchedTo = event.object.metadata?.resourceVersion ?? this.#watchedTo;
      this.#tell(event);
    };
    try {
      await objects.watch(this.#watchedTo, tell, this.#renewal.signal);
      return undefined;
    } catch (error) {
      this.#log.warn({ err: error }, "The watch failed; it is made anew");
      return error;
    }
  }

  #goToLastList(): void {
    this.#watchedTo = this.#listedAt;
    this.#followed.watchedFromHere();
  }

  #tell({ type, object }: WatchEvent<T>): void {
    if (type === "BOOKMARK") {
      this.#meter.alive();
    } else if (type === "DELETED") {
      this.gone(object);
    } else {
      this.seen(object);
    }
  }
}

/** Who has set which field when is the half of many an object, and of no concern. */
function withoutManagedFields<T extends Followable>(object: T): T {
  return { ...object, metadata: { ...object.metadata, managedFields: undefined } };
}
