import { IDENTITY, pick, type ObjectMeta } from "./kubernetes";

export interface Followable {
  metadata?: ObjectMeta;
}

/** What the API server answers to a list. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly metadata?: { readonly resourceVersion?: string };
}

/** What a list brought that no watch had told of. */
export interface News<T> {
  readonly seen: readonly T[];
  /** With the list's resourceVersion: at that, they were gone. */
  readonly gone: readonly T[];
  /** How many states that earlier lists brought the watch has not told of to this day. */
  readonly untold: number;
  /** Whether the watch has told of no state at all since the last list. */
  readonly silent: boolean;
}

/**
 * What is known of the objects of one kind, from a watch that may be late, lossy or dead, and from
 * lists.
 *
 * What the two tell of one object comes in any order. A deletion that is older than a known state is
 * not believed: the object has left a watch that selects by a label, and come back since. A list tells
 * of the deletions that were missed, as its resourceVersion says of what time it is.
 *
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
 */
export class Followed<T extends Followable> {
  readonly #known = new Map<string, T>();
  /** The resourceVersions of what lists brought and the watch has not, by UID. */
  #untold = new Map<string, number>();
  #silent = true;

  /** The watch told of a state of an object. @returns whether that is news */
  seen(object: T): boolean {
    this.#silent = false;
    const version = versionOf(object);
    if ((this.#untold.get(uidOf(object)) ?? Infinity) <= version) {
      this.#untold.delete(uidOf(object));
    }
    if (version <= versionOf(this.#known.get(uidOf(object)))) {
      return false;
    }
    this.#keep(object);
    return true;
  }

  /** The watch told of a deletion. @returns whether it is to be believed */
  gone(object: T): boolean {
    this.#untold.delete(uidOf(object));
    if (versionOf(object) <= versionOf(this.#known.get(uidOf(object)))) {
      return false;
    }
    this.#known.delete(uidOf(object));
    return true;
  }

  /** What is kept of an object, if this state of it is known. */
  ifKnown(object: T): T | undefined {
    const known = this.#known.get(uidOf(object));
    return known && versionOf(object) <= versionOf(known) ? known : undefined;
  }

  /** A watch begins at the last list: it owes nothing of what that has brought. */
  watchedFromHere(): void {
    this.#untold.clear();
  }

  /** All there is was listed. */
  listed({ items, metadata }: Listed<T>): News<T> {
    // Of what is gone since, a watch that was cut in between need not know.
    const untold = items.filter(item => this.#untold.has(uidOf(item)));
    const seen = items.filter(item => versionOf(item) > versionOf(this.#known.get(uidOf(item))));
    const gone = this.#missing(items, metadata?.resourceVersion ?? "");
    const silent = this.#silent;
    this.#silent = true;
    this.#untold = new Map([...untold, ...seen].map(object => [uidOf(object), versionOf(object)]));
    seen.forEach(object => {
      this.#keep(object);
    });
    gone.forEach(object => this.#known.delete(uidOf(object)));
    return { seen, gone, untold: untold.length, silent };
  }

  #missing(items: readonly T[], resourceVersion: string): T[] {
    const present = new Set(items.map(uidOf));
    return [...this.#known.values()]
      .filter(object => !present.has(uidOf(object)) && versionOf(object) <= Number(resourceVersion))
      .map(object => ({ ...object, metadata: { ...object.metadata, resourceVersion } }));
  }

  /** Only what tells which object it was: whole objects would fill the memory. */
  #keep({ metadata = {} }: T): void {
    const kept = { metadata: pick(metadata, ...IDENTITY, "labels") } as T;
    this.#known.set(metadata.uid ?? "", kept);
  }
}

function uidOf({ metadata }: Followable): string {
  return metadata?.uid ?? "";
}

/** -1 of an object that is not there. */
function versionOf(object: Followable | undefined): number {
  return object ? Number(object.metadata?.resourceVersion) : -1;
}
