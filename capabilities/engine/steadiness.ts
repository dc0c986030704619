import type { ServiceKey } from "../domain/kubernetes";

interface Spell {
  readonly lame: boolean;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** Remembers since when each Service has been lame, or well. A new process begins anew. */
export class Steadiness {
  readonly #spells = new Map<ServiceKey, Spell>();

  /**
   * Takes note of how a Service fares.
   *
   * @param lame undefined: it is not looked after
   * @returns milliseconds for which that has not changed
   */
  note(key: ServiceKey, lame: boolean | undefined): number {
    if (lame === undefined) {
      this.#spells.delete(key);
      return 0;
    }
    const now = Date.now();
    const spell = this.#spells.get(key);
    if (spell?.lame === lame) {
      return now - spell.since;
    }
    this.#spells.set(key, { lame, since: now });
    return 0;
  }
}
