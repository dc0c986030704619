import { request } from "node:http";

/** Milliseconds from one request to the next. */
export const EVERY_MS = 5;
/**
 * Shorter than the second after which the kernel tries a connection again: a Service without
 * endpoints refuses a few connections each second and drops the others, and those would count as
 * answered if they got through at the second attempt.
 */
const TIMEOUT_MS = 900;
const FIRST_PORT = 10_000;
const LAST_PORT = 60_000;
/** This many answers in a row show that a change has settled: a quarter of a second. */
const RECENT = 50;
/** A request that has waited for so many milliseconds is without an answer for the time being. */
const LATE_MS = 250;

/**
 * The client's own port of the next request. Each is used once in minutes: a connection that was
 * tried while the Service led to a dead Pod stays in the kernel's connection tracking for two, and
 * the next one from the same port would be sent to the dead Pod again.
 */
let nextPort = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT));

/** One request of the client, and what came of it. */
export interface Sample {
  /** Milliseconds since the epoch, when the request was sent. */
  readonly at: number;
  /** Milliseconds until the answer was there, or it was clear that there is none. */
  readonly tookMs: number;
  /** The first word of the answer's body; "none" if there was none. */
  readonly answer: string;
  /** Why there was none. */
  readonly error?: string;
}

/** A client that sends a request every 5 ms, each on a connection of its own, come what may. */
export class Poller {
  readonly samples: Sample[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #url: string;
  /** Requests under way, and when they were sent. */
  readonly #open = new Map<Promise<void>, number>();

  /** @param timeoutMs milliseconds after which a request without an answer has failed */
  constructor(
    url: string,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {
    this.#url = url;
    this.#timer = setInterval(() => {
      const sample = this.#send().finally(() => this.#open.delete(sample));
      this.#open.set(sample, Date.now());
    }, EVERY_MS);
  }

  /** The different answers of late, and "none" if one is overdue. */
  get latest(): string[] {
    const answers = this.samples.slice(-RECENT).map(({ answer }) => answer);
    return [...new Set([...answers, ...(this.#isOneLate ? ["none"] : [])])];
  }

  /** Samples of requests sent from `begin` on. */
  since(begin: number): Sample[] {
    return this.samples.filter(({ at }) => at >= begin);
  }

  /** Whether it has been there for so many milliseconds, and got no other answer in them. */
  sawOnly(answer: string, lastMs: number): boolean {
    const begin = Date.now() - lastMs;
    const [first] = this.samples;
    const wasThere = first !== undefined && first.at <= begin;
    return (
      wasThere && !this.#isOneLate && this.since(begin).every(sample => sample.answer === answer)
    );
  }

  /** Ends it once the requests under way have their answers. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#open.keys());
    this.samples.sort((a, b) => a.at - b.at);
  }

  get #isOneLate(): boolean {
    return [...this.#open.values()].some(at => at < Date.now() - LATE_MS);
  }

  async #send(): Promise<void> {
    const at = Date.now();
    try {
      const answer = await ask(this.#url, this.timeoutMs);
      this.samples.push({ at, tookMs: Date.now() - at, answer });
    } catch (error) {
      // How a Service without endpoints refuses a client depends on where the client is.
      const reason = (error as NodeJS.ErrnoException).code ?? String(error);
      if (reason === "EADDRINUSE") {
        // The port is taken here, so nothing was sent.
        return this.#send();
      }
      this.samples.push({ at, tookMs: Date.now() - at, answer: "none", error: reason });
    }
  }
}

/** The first word of what the URL answers. */
function ask(url: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    nextPort = nextPort < LAST_PORT ? nextPort + 1 : FIRST_PORT;
    const options = { agent: false, timeout: timeoutMs, localPort: nextPort };
    const outgoing = request(url, options, response => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (body += chunk));
      response.on("end", () => {
        resolve(body.split(/\s/)[0] ?? "");
      });
      response.on("error", reject);
    });
    outgoing.on("error", reject);
    outgoing.on("timeout", () => {
      outgoing.destroy(Object.assign(new Error("no answer"), { code: "TIMEOUT" }));
    });
    outgoing.end();
  });
}

/** The kinds of answers in the order in which they came: ["real", "none", "fallback"]. */
export function phases(samples: readonly Sample[]): string[] {
  return samples
    .map(({ answer }) => answer)
    .filter((answer, index, answers) => answer !== answers[index - 1]);
}
