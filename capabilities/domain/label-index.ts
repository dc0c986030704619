/** A label and its value. */
export interface Label {
  readonly key: string;
  readonly value: string;
}

/** What carries a label, without looking at everything there is. */
export class LabelIndex<T> {
  readonly #carriers = new Map<string, Set<T>>();

  add(label: Label, carrier: T): void {
    const entry = entryOf(label);
    this.#carriers.set(entry, (this.#carriers.get(entry) ?? new Set()).add(carrier));
  }

  remove(label: Label, carrier: T): void {
    const entry = entryOf(label);
    const carriers = this.#carriers.get(entry);
    carriers?.delete(carrier);
    if (carriers?.size === 0) {
      this.#carriers.delete(entry);
    }
  }

  of(label: Label): ReadonlySet<T> {
    return this.#carriers.get(entryOf(label)) ?? new Set();
  }
}

/** Labels as a list. */
export function labelsOf(labels: Readonly<Record<string, string>>): Label[] {
  return Object.entries(labels).map(([key, value]) => ({ key, value }));
}

/** Neither a key nor a value has the sign "=". */
function entryOf({ key, value }: Label): string {
  return `${key}=${value}`;
}
