import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProxyFault } from "./faults";

/** An answer on its way through the proxy: its parts keep their order, however late they are. */
export class Answer {
  #silent = false;
  #delayMs: number;
  #queue: Promise<void> = Promise.resolve();

  /**
   * @param path of the request, without its query
   * @param record is told the status of the answer
   */
  constructor(
    private readonly outgoing: ServerResponse,
    readonly path: string,
    delayMs: number,
    private readonly record: { status: number | undefined },
  ) {
    this.#delayMs = delayMs;
    outgoing.on("error", () => outgoing.destroy());
  }

  begin(status: number, headers: IncomingHttpHeaders): void {
    this.#later(() => {
      this.record.status = status;
      this.outgoing.writeHead(status, headers);
      this.outgoing.flushHeaders();
    });
  }

  write(chunk: Buffer): void {
    this.#later(() => {
      this.outgoing.write(chunk);
    });
  }

  end(): void {
    this.#later(() => {
      this.outgoing.end();
    });
  }

  /** Answers in the API server's stead. */
  refuse(status: 429 | 500): void {
    const message = `the proxy says ${status}`;
    const body = { kind: "Status", apiVersion: "v1", status: "Failure", message, code: status };
    this.record.status = status;
    this.outgoing.writeHead(status, {
      "content-type": "application/json",
      ...(status === 429 && { "retry-after": "1" }),
    });
    this.outgoing.end(JSON.stringify(body));
  }

  /** Nothing more is sent; the connection stays open. */
  fallSilent(): void {
    this.#silent = true;
  }

  /** Closes the connection. */
  breakOff(): void {
    if (!this.#silent && !this.outgoing.writableEnded) {
      this.record.status = 0;
      this.outgoing.destroy();
    }
  }

  cutIn(ms: number): void {
    const timer = setTimeout(() => {
      this.breakOff();
    }, ms);
    this.onClose(() => {
      clearTimeout(timer);
    });
  }

  onClose(listener: () => void): void {
    this.outgoing.once("close", listener);
  }

  /** What a fault does to a watch that is open when it begins. */
  suffer(fault: ProxyFault | undefined): void {
    switch (fault?.kind) {
      case "silence":
      case "silent watches":
        this.fallSilent();
        return;
      case "unreachable":
        this.breakOff();
        return;
      case "cut":
        this.cutIn(fault.afterMs);
        return;
      default:
        this.#delayMs = fault?.kind === "slow" ? fault.delayMs : 0;
    }
  }

  #later(send: () => void): void {
    const delayMs = this.#delayMs;
    const due = Date.now() + delayMs;
    this.#queue = this.#queue.then(async () => {
      const waitMs = due - Date.now();
      if (waitMs > 0) {
        await sleep(waitMs);
      }
      if (!this.#silent && !this.outgoing.destroyed) {
        send();
      }
    });
  }
}
