import { setTimeout as sleep } from "node:timers/promises";
import type { AuditLog } from "../../audit-log";
import { readEntry, type AuditEntry, type Request, type WrittenSlice } from "./audit";

const POLL_MS = 5;

/** What the audit log says of a run: who asked for what, which Services lost their Pods. */
export class Trace {
  /** Requests of the users that are followed, in the log's order. */
  readonly requests: Request[] = [];
  /** When each Service (`namespace/name`) last had no Ready endpoint left of its own. */
  readonly losses = new Map<string, number>();
  /** When the fallback Pod of each Service was last accepted. */
  readonly fallbacks = new Map<string, number>();
  /** Writes of EndpointSlices by the cluster itself. */
  sliceWrites = 0;
  readonly #slices = new Map<string, WrittenSlice>();
  #changedAt = Date.now();

  /** @param users whose requests are followed */
  constructor(
    private readonly log: AuditLog<AuditEntry>,
    private readonly users: readonly string[],
  ) {}

  /** Reads on. */
  poll(): void {
    for (const entry of this.log.take()) {
      this.#note(entry);
    }
  }

  /**
   * Reads on until `condition` holds.
   *
   * @returns whether it did within `timeoutMs` milliseconds
   */
  async until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      this.poll();
      if (condition()) return true;
      if (Date.now() > deadline) return false;
      await sleep(POLL_MS);
    }
  }

  /** Whether a Service has Pods of its own, or none if it is to have none, and no fallback. */
  isAtRest(service: string, hasPods: boolean): boolean {
    const { own, fallbacks } = this.#slices.get(service) ?? { own: Number(hasPods), fallbacks: 0 };
    return own > 0 === hasPods && fallbacks === 0;
  }

  /** Reads on until neither the cluster nor those that are followed have done anything for `ms`. */
  quiet(ms: number, timeoutMs: number): Promise<boolean> {
    this.#changedAt = Date.now();
    return this.until(() => Date.now() - this.#changedAt > ms, timeoutMs);
  }

  #note(entry: AuditEntry): void {
    const { request, slice, fallback } = readEntry(entry);
    if (this.users.includes(request.user)) {
      this.requests.push(request);
      this.#changedAt = Date.now();
    }
    if (slice) {
      this.sliceWrites++;
      this.#changedAt = Date.now();
      const wasLame = this.#slices.get(slice.service)?.own === 0;
      if (slice.own === 0 && !wasLame) this.losses.set(slice.service, slice.at);
      this.#slices.set(slice.service, slice);
    }
    if (fallback) this.fallbacks.set(fallback.service, fallback.at);
  }
}
