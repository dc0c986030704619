interface Remembered<T> {
  readonly value: Promise<T>;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/**
 * Remembers answers for a short time, so that hundreds who ask for the same thing at once ask once.
 * A question that fails is asked again the next time.
 */
export class BriefMemory<T> {
  readonly #forMs: number;
  readonly #answers = new Map<string, Remembered<T>>();

  /** @param forMs milliseconds for which an answer is good */
  constructor(forMs: number) {
    this.#forMs = forMs;
  }

  /** What `ask` answers, or has answered a moment ago. */
  async recall(question: string, ask: () => Promise<T>): Promise<T> {
    const now = Date.now();
    const known = this.#answers.get(question);
    if (known && known.until > now) {
      return known.value;
    }
    const value = ask();
    this.#answers.set(question, { value, until: now + this.#forMs });
    try {
      return await value;
    } catch (error) {
      this.#answers.delete(question);
      throw error;
    }
  }
}
