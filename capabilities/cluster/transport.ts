import { once } from "node:events";
import type { ClientRequest, IncomingMessage } from "node:http";
import { addAbortSignal } from "node:stream";
import { text } from "node:stream/consumers";
import { connect, protocolOf, type Connection } from "./connection";
import { TimeLimit } from "./time-limit";

/** A request to the API server. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** With its query. */
  readonly path: string;
  readonly body?: object;
  /** Of the body; JSON if left out. */
  readonly contentType?: string;
}

/** What the API server answered. */
export interface ApiResponse {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/**
 * Sends a request, over a connection that stays open for the next one.
 *
 * kubernetes-fluent-client makes a connection for each of its calls, whose handshake costs more than
 * the call itself, and offers no way to share one: docs/upstream.md has the figures.
 *
 * @param timeoutMs milliseconds that the whole answer may take
 * @throws Error if there is no answer: the API server can't be reached, or is too slow
 */
export async function send(what: ApiRequest, timeoutMs: number): Promise<ApiResponse> {
  const limit = new TimeLimit(timeoutMs);
  try {
    const response = await ask(what, call => {
      limit.holdsFor(call);
    });
    return { ...headOf(response), body: await text(response) };
  } catch (error) {
    // Once the answer has begun, its reader is told no more than that it broke off.
    throw limit.error ?? error;
  } finally {
    limit.end();
  }
}

/**
 * Sends a request whose answer comes bit by bit.
 *
 * @param limit ends it, even amid the answer
 * @param signal ends it
 * @returns the answer, whose body is still to be read as UTF-8
 * @throws Error if there is no answer; reading the body throws if it breaks off
 */
export function open(
  what: ApiRequest,
  limit: TimeLimit,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return ask(what, call => {
    limit.holdsFor(call);
    addAbortSignal(signal, call);
  });
}

/** @param onStart told of each call that is begun for it */
async function ask(
  what: ApiRequest,
  onStart: (call: ClientRequest) => void,
): Promise<IncomingMessage> {
  const connection = await connect();
  const first = start(connection, what, onStart);
  try {
    return await answer(first);
  } catch (error) {
    // The API server may have closed an idle connection at this very moment. All that the operator
    // asks for may be asked for twice.
    if (first.reusedSocket && (error as NodeJS.ErrnoException).code === "ECONNRESET") {
      return answer(start(connection, what, onStart));
    }
    throw error;
  }
}

/** All of an answer but its body. */
export function headOf({ statusCode = 0, headers }: IncomingMessage): Omit<ApiResponse, "body"> {
  return { status: statusCode, headers };
}

function start(
  { address, basePath, headers, agent }: Connection,
  { method, path, body, contentType = "application/json" }: ApiRequest,
  onStart: (call: ClientRequest) => void,
): ClientRequest {
  const payload = body && JSON.stringify(body);
  const call = protocolOf(address).request({
    ...address,
    agent,
    method,
    path: basePath + path,
    headers: {
      ...headers,
      accept: "application/json",
      "user-agent": "critical-service-operator",
      ...(payload && { "content-type": contentType, "content-length": Buffer.byteLength(payload) }),
    },
  });
  onStart(call);
  call.end(payload);
  return call;
}

async function answer(call: ClientRequest): Promise<IncomingMessage> {
  // Amid the answer its reader tells that it broke off, but the call has an error too, and one that
  // nobody listens for ends the process.
  call.on("error", () => undefined);
  const [response] = (await once(call, "response")) as [IncomingMessage];
  return response.setEncoding("utf8");
}
