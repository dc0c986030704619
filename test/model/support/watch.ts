import type { ApiServer, Change } from "./api-server";
import type { Kind, Stored } from "./objects";

interface Options {
  readonly kind: Kind;
  readonly filter: (object: Stored) => boolean;
  /** `DELETED`: tells of deletions only; `SEEN`: of all else only. */
  readonly tells: "DELETED" | "SEEN";
  readonly callback: (object: Stored) => void;
}

/**
 * One watch of the client, with the cache that it keeps: a binding has one of its own.
 *
 * As in kubernetes-fluent-client: a list is compared with the cache, what is new in it is told as
 * if just changed, and what is missing from it is told as deleted, in the state last seen. The list
 * made from time to time runs beside the stream of events.
 */
export class Watch {
  readonly #options: Options;
  readonly #server: ApiServer;
  readonly #cache = new Map<string, Stored>();
  #pending: (Change & { readonly due: number })[] = [];
  #lagMs = 1;
  #connected = false;
  #connections = 0;
  #closed = false;
  /** Of the first event that was lost. */
  #lostSince: number | undefined = 0;

  constructor(server: ApiServer, options: Options) {
    this.#server = server;
    this.#options = options;
    for (const object of this.#learnsAll ? this.#current() : []) {
      this.#cache.set(object.metadata.uid, object);
    }
    server.onChange(change => {
      this.#see(change);
    });
  }

  /**
   * The client never tells that an object is gone which came and went while the watch for deletions
   * was cut off, and nothing in its interface lets anybody notice. Unless `MODEL_CLIENT_GAPS` is set
   * that is left out: this watch learns of all that there is.
   */
  get #learnsAll(): boolean {
    return this.#options.tells === "DELETED" && process.env.MODEL_CLIENT_GAPS === undefined;
  }

  #current(): Stored[] {
    return this.#server.list(this.#options.kind).filter(this.#options.filter);
  }

  /** The version of the oldest write that it did not tell of yet; Infinity if it told of all. */
  get behindSince(): number {
    return Math.min(this.#lostSince ?? Infinity, this.#pending[0]?.version ?? Infinity);
  }

  /** From now on events arrive this much later. */
  lag(ms: number): void {
    this.#lagMs = ms;
  }

  /** Events that are on their way are lost, and those to come, until it connects again. */
  cut(): void {
    this.#lostSince ??= this.#pending[0]?.version ?? this.#server.version + 1;
    const present = this.#pending.filter(({ phase }) => this.#learnsAll && phase !== "DELETED");
    for (const { object } of present) {
      this.#cache.set(object.metadata.uid, object);
    }
    this.#pending = [];
    this.#connected = false;
  }

  /** A list of the process's own tells it of all that is there, whatever becomes of the watch. */
  tellAll(): void {
    if (this.#options.tells === "SEEN") {
      this.#current().forEach(this.#options.callback);
    }
  }

  /** It lists, then goes on from there. */
  connect(answerMs: number): void {
    if (!this.#connected) {
      this.#connected = true;
      this.#connections += 1;
      this.#list(answerMs, () => {
        this.#lostSince = undefined;
        this.#pending = [];
      });
    }
  }

  /**
   * It lists in between.
   *
   * The client tells that an object was deleted if that was created while the list was on its way.
   * That is left out here: the list is made at the moment that it arrives.
   */
  relist(answerMs: number): void {
    if (this.#connected && this.#lostSince === undefined) {
      this.#list(answerMs, () => undefined);
    }
  }

  /** Its process is gone. */
  close(): void {
    this.#closed = true;
    this.#pending = [];
  }

  #see(change: Change): void {
    const { object, before, kind, phase } = change;
    const { filter } = this.#options;
    if (this.#closed || kind !== this.#options.kind) {
      return;
    }
    const matches = phase !== "DELETED" && filter(object);
    if (matches) {
      this.#note(object);
    }
    if (this.#connected && (matches || (before && filter(before)))) {
      this.#queue({ ...change, phase: matches ? phase : "DELETED" });
    }
  }

  #note(object: Stored): void {
    if (this.#learnsAll && this.#lostSince !== undefined) {
      this.#cache.set(object.metadata.uid, object);
    }
  }

  #queue(change: Change): void {
    this.#pending.push({ ...change, due: Date.now() + this.#lagMs });
    setTimeout(() => {
      this.#deliver();
    }, this.#lagMs);
  }

  /** Tells of what has arrived, in order. */
  #deliver(): void {
    if (this.#closed || this.#lostSince !== undefined) {
      return;
    }
    const isDue = () => (this.#pending[0]?.due ?? Infinity) <= Date.now();
    for (let next = this.#pending[0]; next && isDue(); next = this.#pending[0]) {
      this.#pending.shift();
      this.#process(next.object, next.phase === "DELETED");
    }
  }

  #list(answerMs: number, then: () => void): void {
    const connection = this.#connections;
    setTimeout(() => {
      if (!this.#closed && this.#connected && connection === this.#connections) {
        this.#compare(this.#current());
        then();
      }
    }, answerMs);
  }

  #compare(items: readonly Stored[]): void {
    const removed = new Map(this.#cache);
    for (const item of items) {
      const { uid, resourceVersion } = item.metadata;
      const cached = this.#cache.get(uid)?.metadata.resourceVersion ?? -1;
      removed.delete(uid);
      if (Number(resourceVersion) > Number(cached)) {
        this.#process(item, false);
      }
    }
    for (const object of removed.values()) {
      this.#process(object, true);
    }
  }

  #process(object: Stored, deleted: boolean): void {
    if (deleted) {
      this.#cache.delete(object.metadata.uid);
    } else {
      this.#cache.set(object.metadata.uid, object);
    }
    if (deleted === (this.#options.tells === "DELETED")) {
      this.#options.callback(object);
    }
  }
}
