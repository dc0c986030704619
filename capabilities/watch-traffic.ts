import { subscribe } from "node:diagnostics_channel";

interface Request {
  readonly method: string;
  readonly path: string;
}

interface Message {
  readonly request: Request;
  readonly response?: { readonly statusCode: number };
}

/** Told of a resource by its path, such as `/api/v1/services`. */
interface Listener {
  /** A list or a watch of it was asked for. */
  asked(path: string): void;
  /** An event came, or a list was read to its end. */
  heard(path: string): void;
}

/**
 * Tells which resources the process hears of. Pepr keeps its watches to itself, so this listens to
 * the HTTP client below them.
 *
 * @see https://undici.nodejs.org/#/docs/api/DiagnosticsChannel.md
 */
export function hearWatches(listener: Listener): void {
  const answered = new WeakSet<Request>();
  subscribe("undici:request:create", message => {
    const { method, path } = (message as Message).request;
    if (method === "GET") {
      listener.asked(path.split("?")[0] ?? "");
    }
  });
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
      listener.heard(path);
    }
  };
  subscribe("undici:request:bodyChunkReceived", hear(true));
  subscribe("undici:request:trailers", hear(false));
}
