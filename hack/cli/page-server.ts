import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answerTo } from "../../capabilities/domain/page/answer";
import type { PageSpec } from "../../capabilities/domain/page/spec";
import { UserError } from "./outcome";

const LOOPBACK = "127.0.0.1";

/** A fallback page on loopback, answered as its Pod would answer. */
export interface PageServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves a page to every request.
 *
 * @param content what the ConfigMap of `spec.configMap` holds
 * @param port 0: any that is free
 * @throws {UserError} if the port can't be had
 */
export async function servePage(
  spec: PageSpec,
  content: string | undefined,
  port: number,
): Promise<PageServer> {
  const server = createServer((request, response) => {
    answer(request, response, spec, content);
  });
  await listen(server, port);
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${LOOPBACK}:${actual}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  spec: PageSpec,
  content: string | undefined,
): void {
  const { status, headers, body } = answerTo(request.headers.accept, spec, content);
  request.resume();
  response.writeHead(status, [
    ...headers.flatMap(({ name, value }) => [name, value]),
    // As the Pod's server does, so that nobody keeps talking to it.
    ...["Connection", "close", "Content-Length", String(Buffer.byteLength(body))],
  ]);
  response.end(request.method === "HEAD" ? undefined : body);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", cause => {
      reject(new UserError(`port ${port} can't be had: ${cause.message}`, { cause }));
    });
    server.listen(port, LOOPBACK, resolve);
  });
}
