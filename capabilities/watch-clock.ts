/** What is heard of one watched resource. Times are milliseconds on any clock. */
interface Hearing {
  heardAt: number;
  /** Whether it was ever asked for. */
  begun: boolean;
}

/** For how long nothing may be heard of a resource; milliseconds. */
export interface SilenceLimits {
  /** Once its watch has begun. */
  readonly ms: number;
  /** From the start until its watch begins. */
  readonly startMs: number;
}

/** When each watched resource was last heard of. */
export class WatchClock {
  readonly #hearings: Map<string, Hearing>;

  /**
   * @param paths of the resources, such as `/api/v1/services`
   * @param now they count as heard of now, so that they have time to begin
   */
  constructor(paths: readonly string[], now: number) {
    this.#hearings = new Map(paths.map(path => [path, { heardAt: now, begun: false }]));
  }

  /** The resource was asked for. Of paths that are not watched nothing is noted. */
  asked(path: string): void {
    const hearing = this.#hearings.get(path);
    if (hearing) {
      hearing.begun = true;
    }
  }

  /** An event came, or a list was read to its end. */
  heard(path: string, now: number): void {
    const hearing = this.#hearings.get(path);
    if (hearing) {
      hearing.heardAt = now;
    }
  }

  /** For how many milliseconds nothing was heard, by path. */
  silence(now: number): Map<string, number> {
    return new Map([...this.#hearings].map(([path, { heardAt }]) => [path, now - heardAt]));
  }

  /** The paths of the resources that nothing was heard of for too long. */
  overdue(now: number, { ms, startMs }: SilenceLimits): string[] {
    return [...this.#hearings]
      .filter(([, { heardAt, begun }]) => now - heardAt > (begun ? ms : startMs))
      .map(([path]) => path);
  }
}
