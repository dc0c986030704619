import { request, type OutgoingHttpHeaders } from "node:http";
import { request as requestOverTls } from "node:https";

export interface Answer {
  status: number;
  /** Headers as they came: name in its own case and value, in order. */
  headers: [name: string, value: string][];
  body: Buffer;
}

export interface Query {
  /** Whether to speak TLS, with a server of any name. */
  tls?: boolean;
  host?: string;
  method?: string;
  path?: string;
  headers?: OutgoingHttpHeaders;
  body?: Buffer;
}

/** Sends one request on a connection of its own, which the client would keep open. */
export async function send(port: number, query: Query = {}): Promise<Answer> {
  const { host = "127.0.0.1", method = "GET", path = "/", body } = query;
  const headers = { Connection: "keep-alive", ...query.headers };
  return new Promise((resolve, reject) => {
    const options = { host, port, method, path, headers, agent: false, rejectUnauthorized: false };
    const sent = (query.tls ? requestOverTls : request)(options, response => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        sent.destroy();
        resolve({
          status: response.statusCode ?? 0,
          headers: pairs(response.rawHeaders),
          body: Buffer.concat(chunks),
        });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

function pairs(raw: string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, index) => [
    raw[2 * index] ?? "",
    raw[2 * index + 1] ?? "",
  ]);
}

/** The values of the header `name`, in any case. */
export function values(answer: Answer, name: string): string[] {
  return answer.headers
    .filter(([key]) => key.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value);
}
