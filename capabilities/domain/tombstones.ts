import type { ObjectMeta } from "./kubernetes";

/** A deletion and a late update of one object lie seconds apart at most; this many suffice. */
const REMEMBERED = 20_000;

/**
 * Remembers the objects deleted last, so that a late event can't bring one back.
 *
 * An object can leave a watch and come back without being deleted (it loses a label that the watch
 * selects by, and gets it again); a newer resourceVersion tells that apart.
 *
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
 */
export class Tombstones {
  readonly #versions = new Map<string, number>();
  readonly #limit: number;

  constructor(limit = REMEMBERED) {
    this.#limit = limit;
  }

  /** Notes that the object was deleted, or left the watch, in this state. */
  add({ uid = "", resourceVersion }: ObjectMeta): void {
    // Set anew to move it to the end: a Map iterates in the order of insertion, the oldest first.
    this.#versions.delete(uid);
    this.#versions.set(uid, Number(resourceVersion));
    if (this.#versions.size > this.#limit) {
      const [oldest] = this.#versions.keys();
      this.#versions.delete(oldest ?? "");
    }
  }

  /** Whether the object was deleted, or left the watch, not long ago. */
  has(uid: string): boolean {
    return this.#versions.has(uid);
  }

  /** Whether this state of the object is older than its deletion. */
  covers({ uid = "", resourceVersion }: ObjectMeta): boolean {
    const deletedAt = this.#versions.get(uid);
    return deletedAt !== undefined && !(Number(resourceVersion) > deletedAt);
  }
}
