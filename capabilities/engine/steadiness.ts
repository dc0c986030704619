import type { ServiceKey } from "../domain/kubernetes";

interface Spell {
  readonly is: boolean;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** Remembers since when something has been so of each Service, or not. A new process begins anew. */
export class Steadiness {
  readonly #spells = new Map<ServiceKey, Spell>();

  /**
   * Takes note of whether it is so.
   *
   * @param is undefined: there is no telling
   * @returns milliseconds for which that has not changed
   */
  note(key: ServiceKey, is: boolean | undefined): number {
    if (is === undefined) {
      this.#spells.delete(key);
      return 0;
    }
    const now = Date.now();
    const spell = this.#spells.get(key);
    if (spell?.is === is) {
      return now - spell.since;
    }
    this.#spells.set(key, { is, since: now });
    return 0;
  }
}
