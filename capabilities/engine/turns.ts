interface Limits {
  /** How many keys are worked on at once. */
  readonly atOnce: number;
  /** How many of one group are. */
  readonly ofOneGroup: number;
}

/**
 * Keys that wait for their turn, and those that have it: each waits once, and none has two turns at
 * the same time.
 *
 * Keys that are alike up to the first slash, such as the Services of a namespace, make a group. The
 * groups take turns, so that thousands of keys of one keep those of another waiting for one turn,
 * and none may take all places, so that a group whose work hangs leaves room for the others.
 */
export class Turns {
  readonly #limits: Limits;
  /** By group; the first one is the next to have a turn. */
  readonly #waiting = new Map<string, Set<string>>();
  readonly #taken = new Map<string, Set<string>>();
  #takenCount = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Has the key wait, if it does not. It may have a turn at the moment. */
  add(key: string): void {
    put(this.#waiting, key);
  }

  /** Has the key wait no more. */
  drop(key: string): void {
    take(this.#waiting, key);
  }

  isWaiting(key: string): boolean {
    return this.#waiting.get(groupOf(key))?.has(key) ?? false;
  }

  /** Whether no key waits or has a turn. */
  get isEmpty(): boolean {
    return this.#waiting.size === 0 && this.#takenCount === 0;
  }

  /** Gives a key its turn. @returns the key; undefined if it is nobody's turn now */
  next(): string | undefined {
    if (this.#takenCount >= this.#limits.atOnce) {
      return undefined;
    }
    for (const [group, keys] of this.#waiting) {
      const key = this.#eligible(keys, this.#taken.get(group));
      if (key !== undefined) {
        this.#begin(group, key);
        return key;
      }
    }
    return undefined;
  }

  /** The turn of a key is over. */
  finish(key: string): void {
    take(this.#taken, key);
    this.#takenCount--;
  }

  #eligible(keys: Set<string>, taken = new Set<string>()): string | undefined {
    if (taken.size >= this.#limits.ofOneGroup) {
      return undefined;
    }
    for (const key of keys) {
      if (!taken.has(key)) {
        return key;
      }
    }
    return undefined;
  }

  /** The group goes to the end of the line. */
  #begin(group: string, key: string): void {
    take(this.#waiting, key);
    const rest = this.#waiting.get(group);
    if (rest) {
      this.#waiting.delete(group);
      this.#waiting.set(group, rest);
    }
    put(this.#taken, key);
    this.#takenCount++;
  }
}

function groupOf(key: string): string {
  return key.split("/", 1)[0] ?? key;
}

function put(groups: Map<string, Set<string>>, key: string): void {
  const group = groupOf(key);
  groups.set(group, (groups.get(group) ?? new Set()).add(key));
}

function take(groups: Map<string, Set<string>>, key: string): void {
  const keys = groups.get(groupOf(key));
  keys?.delete(key);
  if (keys?.size === 0) {
    groups.delete(groupOf(key));
  }
}
