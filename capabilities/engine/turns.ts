/** Keys by group; of a line, the first group is the next to have a turn. */
type Groups = Map<string, Set<string>>;

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
 * and none may take all places, so that a group whose work hangs leaves room for the others. Urgent
 * keys have their turns before all others.
 */
export class Turns {
  readonly #limits: Limits;
  readonly #urgent: Groups = new Map();
  readonly #others: Groups = new Map();
  readonly #taken: Groups = new Map();
  #takenCount = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Has the key wait, if it does not, and from now on as an urgent one. It may have a turn at the moment. */
  addUrgent(key: string): void {
    take(this.#others, key);
    put(this.#urgent, key);
  }

  /** Has the key wait, if it does not. It may have a turn at the moment. */
  add(key: string): void {
    if (!has(this.#urgent, key)) {
      put(this.#others, key);
    }
  }

  /** Has the key wait no more. */
  drop(key: string): void {
    take(this.#urgent, key);
    take(this.#others, key);
  }

  isWaiting(key: string): boolean {
    return has(this.#urgent, key) || has(this.#others, key);
  }

  /** Whether no key waits or has a turn. */
  get isEmpty(): boolean {
    return this.#urgent.size === 0 && this.#others.size === 0 && this.#takenCount === 0;
  }

  /** Gives a key its turn. @returns the key; undefined if it is nobody's turn now */
  next(): string | undefined {
    if (this.#takenCount >= this.#limits.atOnce) {
      return undefined;
    }
    return this.#nextOf(this.#urgent) ?? this.#nextOf(this.#others);
  }

  /** The turn of a key is over. */
  finish(key: string): void {
    take(this.#taken, key);
    this.#takenCount--;
  }

  #nextOf(line: Groups): string | undefined {
    for (const [group, keys] of line) {
      const key = this.#eligible(keys, this.#taken.get(group));
      if (key !== undefined) {
        this.#begin(line, group, key);
        return key;
      }
    }
    return undefined;
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
  #begin(line: Groups, group: string, key: string): void {
    take(line, key);
    const rest = line.get(group);
    if (rest) {
      line.delete(group);
      line.set(group, rest);
    }
    put(this.#taken, key);
    this.#takenCount++;
  }
}

function groupOf(key: string): string {
  return key.split("/", 1)[0] ?? key;
}

function has(groups: Groups, key: string): boolean {
  return groups.get(groupOf(key))?.has(key) ?? false;
}

function put(groups: Groups, key: string): void {
  const group = groupOf(key);
  groups.set(group, (groups.get(group) ?? new Set()).add(key));
}

function take(groups: Groups, key: string): void {
  const keys = groups.get(groupOf(key));
  keys?.delete(key);
  if (keys?.size === 0) {
    groups.delete(groupOf(key));
  }
}
