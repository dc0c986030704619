import { ApiError } from "../../../capabilities/cluster/api";
import { Refusal } from "./api-server";
import { note } from "./diary";

/** What becomes of one request. */
export interface Fate {
  /** Until it takes effect, and from there until it is answered. */
  readonly ms: number;
  readonly fault: Fault;
}

/**
 * - a number: refused with that status, before it took effect;
 * - `late-500`: an internal error, after it took effect;
 * - `no-answer`: it never gets there; `lost-answer`: it takes effect, and nobody hears of it.
 */
export type Fault = "none" | 409 | 422 | 429 | 500 | "late-500" | "no-answer" | "lost-answer";

/** One request, as it was sent. */
export interface Sent {
  readonly what: string;
  readonly at: number;
  /** How it ended; undefined while it is under way. */
  outcome?: "done" | "refused" | "failed";
  endedAt?: number;
}

/** As long as a call of the operator waits for its answer. */
const PATIENCE_MS = 15_000;
let processes = 0;

interface Network {
  /** What becomes of the next request. */
  readonly nextFate: (what: string) => Fate;
}

/** How one operator's requests travel to the API server and back. */
export class Requests {
  readonly #network: Network;
  readonly #name: string;
  readonly sent: Sent[] = [];
  #alive = true;

  constructor(network: Network) {
    processes += 1;
    this.#name = `operator ${processes}`;
    this.#network = network;
  }

  /** The process is dead: it hears no answer, and sends nothing more. */
  kill(): void {
    this.#alive = false;
  }

  /**
   * Sends a request.
   *
   * @param act what it does at the API server
   * @throws {ApiError}
   */
  async send<T>(what: string, act: () => T): Promise<T> {
    if (!this.#alive) {
      return new Promise(() => undefined);
    }
    const sent: Sent = { what, at: Date.now() };
    this.sent.push(sent);
    note(this.#name, "sends", what);
    try {
      const result = await this.#travel(what, this.#network.nextFate(what), act);
      sent.outcome = "done";
      return result;
    } catch (error) {
      sent.outcome = (error as { isRefusal?: boolean }).isRefusal ? "refused" : "failed";
      throw error;
    } finally {
      sent.endedAt = Date.now();
      note(this.#name, sent.outcome ?? "", what);
    }
  }

  #travel<T>(what: string, { ms, fault }: Fate, act: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      setTimeout(() => {
        reject(new ApiError(`${what}: no answer`, undefined));
      }, PATIENCE_MS);
      setTimeout(() => {
        const result = this.#arrive(fault, act);
        setTimeout(() => {
          this.#answer(result, fault, resolve, reject);
        }, ms);
      }, ms);
    });
  }

  #arrive<T>(fault: Fault, act: () => T): () => T {
    if (typeof fault === "number") {
      return () => {
        throw new Refusal(fault);
      };
    }
    if (fault === "no-answer") {
      return () => {
        throw new Error("never heard");
      };
    }
    try {
      const value = act();
      return () => value;
    } catch (error) {
      return () => {
        throw error as Error;
      };
    }
  }

  #answer<T>(
    result: () => T,
    fault: Fault,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ): void {
    if (!this.#alive || fault === "no-answer" || fault === "lost-answer") {
      return;
    }
    try {
      const value = result();
      if (fault === "late-500") {
        throw new Refusal(500);
      }
      resolve(value);
    } catch (error) {
      reject(error instanceof Refusal ? new ApiError(error.message, error.status) : error);
    }
  }
}
