import { request } from "node:http";

const EVERY_MS = 5;
const TIMEOUT_MS = 2000;

/** One request of the client, and what came of it. */
export interface Sample {
  /** Milliseconds since the epoch, when the request was sent. */
  readonly at: number;
  /** The first word of the answer's body, or the error's code. */
  readonly answer: string;
  readonly failed: boolean;
}

/** A client that sends a request every 5 ms, each on a connection of its own, come what may. */
export class Poller {
  readonly samples: Sample[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #url: string;
  readonly #open = new Set<Promise<void>>();

  constructor(url: string) {
    this.#url = url;
    this.#timer = setInterval(() => {
      const sample = this.#send().finally(() => this.#open.delete(sample));
      this.#open.add(sample);
    }, EVERY_MS);
  }

  /** The latest answer. */
  get last(): string {
    return this.samples.at(-1)?.answer ?? "";
  }

  /** Samples of requests sent from `begin` on. */
  since(begin: number): Sample[] {
    return this.samples.filter(({ at }) => at >= begin);
  }

  /** Ends it once the requests under way have their answers. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
    this.samples.sort((a, b) => a.at - b.at);
  }

  async #send(): Promise<void> {
    const at = Date.now();
    try {
      this.samples.push({ at, answer: await ask(this.#url), failed: false });
    } catch (error) {
      const answer = (error as NodeJS.ErrnoException).code ?? String(error);
      this.samples.push({ at, answer, failed: true });
    }
  }
}

/** The first word of what the URL answers. */
function ask(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent: false, timeout: TIMEOUT_MS }, response => {
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

/** The kinds of answers in the order in which they came: ["real", "ECONNREFUSED", "fallback"]. */
export function phases(samples: readonly Sample[]): string[] {
  return samples
    .map(({ answer }) => answer)
    .filter((answer, index, answers) => answer !== answers[index - 1]);
}
