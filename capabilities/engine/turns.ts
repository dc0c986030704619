import { Groups } from "../domain/groups";

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
  /** Of each line, the oldest group is the next to have a turn. */
  readonly #urgent = new Groups<string>();
  readonly #others = new Groups<string>();
  readonly #taken = new Groups<string>();
  #takenCount = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Has the key wait, if it does not, and from now on as an urgent one. It may have a turn at the moment. */
  addUrgent(key: string): void {
    const group = groupOf(key);
    this.#others.remove(group, key);
    this.#urgent.add(group, key);
  }

  /** Has the key wait, if it does not. It may have a turn at the moment. */
  add(key: string): void {
    const group = groupOf(key);
    if (!this.#urgent.has(group, key)) {
      this.#others.add(group, key);
    }
  }

  /** Has the key wait no more. */
  drop(key: string): void {
    const group = groupOf(key);
    this.#urgent.remove(group, key);
    this.#others.remove(group, key);
  }

  isWaiting(key: string): boolean {
    const group = groupOf(key);
    return this.#urgent.has(group, key) || this.#others.has(group, key);
  }

  /** Whether no key waits or has a turn. */
  get isEmpty(): boolean {
    return this.#urgent.isEmpty && this.#others.isEmpty && this.#takenCount === 0;
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
    this.#taken.remove(groupOf(key), key);
    this.#takenCount--;
  }

  #nextOf(line: Groups<string>): string | undefined {
    for (const [group, keys] of line.all()) {
      const key = this.#eligible(keys, this.#taken.of(group));
      if (key !== undefined) {
        this.#begin(line, group, key);
        return key;
      }
    }
    return undefined;
  }

  #eligible(keys: ReadonlySet<string>, taken: readonly string[]): string | undefined {
    if (taken.length >= this.#limits.ofOneGroup) {
      return undefined;
    }
    for (const key of keys) {
      if (!taken.includes(key)) {
        return key;
      }
    }
    return undefined;
  }

  /** The group goes to the end of the line. */
  #begin(line: Groups<string>, group: string, key: string): void {
    line.remove(group, key);
    line.putLast(group);
    this.#taken.add(group, key);
    this.#takenCount++;
  }
}

function groupOf(key: string): string {
  return key.split("/", 1)[0] ?? key;
}
