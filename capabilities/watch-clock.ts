/** When each watched resource was last heard of. Times are milliseconds on any clock. */
export class WatchClock {
  readonly #heard: Map<string, number>;

  /**
   * @param paths of the resources, as in `/api/v1/services`
   * @param now they count as heard of at the start, so that they have time to begin
   */
  constructor(paths: readonly string[], now: number) {
    this.#heard = new Map(paths.map(path => [path, now]));
  }

  /** An event came, or a list was read to its end; other paths are no concern. */
  heard(path: string, now: number): void {
    if (this.#heard.has(path)) {
      this.#heard.set(path, now);
    }
  }

  /** For how many milliseconds nothing was heard, by path. */
  silence(now: number): Map<string, number> {
    return new Map([...this.#heard].map(([path, at]) => [path, now - at]));
  }
}
