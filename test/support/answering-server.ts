import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A server in the API server's place, which answers what a test says. */
export class AnsweringServer {
  readonly #server: Server;
  readonly #dir = mkdtempSync(join(tmpdir(), "answering-"));
  answer: RequestListener = (_, response) => response.writeHead(404).end();
  /** How many connections there were. */
  connections = 0;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.answer(request, response);
    });
    this.#server.on("connection", () => this.connections++);
  }

  static async start(): Promise<AnsweringServer> {
    const server = new AnsweringServer();
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    server.serveAt("/");
    return server;
  }

  /** Has the kubeconfig lead to a path of it, as to one cluster of those behind a proxy. */
  serveAt(path: string): void {
    const { port } = this.#server.address() as AddressInfo;
    writeFileSync(this.kubeconfig, kubeconfig(`http://127.0.0.1:${port}${path}`));
  }

  /** A file that leads to it. */
  get kubeconfig(): string {
    return join(this.#dir, "kubeconfig");
  }

  /** It answers no more. */
  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  close(): void {
    this.stop();
    rmSync(this.#dir, { recursive: true });
  }
}

function kubeconfig(url: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "it", cluster: { server: url, "insecure-skip-tls-verify": true } }],
    contexts: [{ name: "it", context: { cluster: "it", user: "it" } }],
    users: [{ name: "it", user: { token: "any" } }],
    "current-context": "it",
  });
}
