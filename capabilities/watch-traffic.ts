import { subscribe } from "node:diagnostics_channel";

interface Request {
  readonly method: string;
  readonly path: string;
}

interface Message {
  readonly request: Request;
  readonly response?: { readonly statusCode: number };
}

/**
 * Tells which resources the process hears of: by the events of their watches, and by lists that were
 * read to their end. Pepr keeps its watches to itself, so this listens to the HTTP client below.
 *
 * @param heard called with the resource's path, such as `/api/v1/services`
 * @see https://undici.nodejs.org/#/docs/api/DiagnosticsChannel.md
 */
export function hearWatches(heard: (path: string) => void): void {
  const answered = new WeakSet<Request>();
  subscribe("undici:request:headers", message => {
    const { request, response } = message as Message;
    if (request.method === "GET" && response?.statusCode === 200) {
      answered.add(request);
    }
  });
  const hear = (wanted: boolean) => (message: unknown) => {
    const { request } = message as Message;
    const [path = "", query = ""] = request.path.split("?");
    const isWatch = new URLSearchParams(query).get("watch") === "true";
    if (isWatch === wanted && answered.has(request)) {
      heard(path);
    }
  };
  subscribe("undici:request:bodyChunkReceived", hear(true));
  subscribe("undici:request:trailers", hear(false));
}
