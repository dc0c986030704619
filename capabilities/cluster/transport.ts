import { once } from "node:events";
import http, {
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from "node:http";
import https, { type RequestOptions } from "node:https";
import { text } from "node:stream/consumers";
import { isDeepStrictEqual } from "node:util";
import { KubeConfig } from "@kubernetes/client-node";

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

interface Connection {
  readonly server: string;
  readonly credentials: Pick<
    RequestOptions,
    "ca" | "cert" | "key" | "rejectUnauthorized" | "servername"
  >;
  readonly headers: OutgoingHttpHeaders;
  readonly agent: http.Agent;
  /** Milliseconds since the epoch. */
  readonly readAt: number;
}

/** More than the engine has calls and watches on their way at once. */
const MAX_CONNECTIONS = 40;
/** The kubelet renews a Pod's token long before the old one expires; client-go reads it as often. */
const REREAD_MS = 60_000;

let current: Connection | undefined;

/**
 * Sends a request, over a connection that stays open for the next one.
 *
 * kubernetes-fluent-client makes a connection for each of its calls, whose handshake costs more than
 * the call itself, and offers no way to share one: docs/scale.md has the figures.
 *
 * @throws Error if there is no answer: the API server can't be reached, or `signal` is aborted
 */
export async function send(what: ApiRequest, signal: AbortSignal): Promise<ApiResponse> {
  const response = await open(what, signal);
  return { ...headOf(response), body: await text(response) };
}

/**
 * Sends a request whose answer comes bit by bit.
 *
 * @returns the answer, whose body is still to be read as UTF-8
 * @throws as {@link send} does; reading the body throws if it breaks off
 */
export async function open(what: ApiRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const connection = await connect();
  const first = start(connection, what, signal);
  try {
    return await answer(first);
  } catch (error) {
    // The API server may have closed an idle connection at this very moment. All that the operator
    // asks for may be asked for twice.
    if (first.reusedSocket && (error as NodeJS.ErrnoException).code === "ECONNRESET") {
      return answer(start(connection, what, signal));
    }
    throw error;
  }
}

/** All of an answer but its body. */
export function headOf({ statusCode = 0, headers }: IncomingMessage): Omit<ApiResponse, "body"> {
  return { status: statusCode, headers };
}

function start(
  { server, headers, agent }: Connection,
  { method, path, body, contentType = "application/json" }: ApiRequest,
  signal: AbortSignal,
): ClientRequest {
  const payload = body && JSON.stringify(body);
  const call = protocolOf(server).request(new URL(path, server), {
    agent,
    method,
    signal,
    headers: {
      ...headers,
      accept: "application/json",
      "user-agent": "critical-service-operator",
      ...(payload && { "content-type": contentType, "content-length": Buffer.byteLength(payload) }),
    },
  });
  call.end(payload);
  return call;
}

async function answer(call: ClientRequest): Promise<IncomingMessage> {
  const [response] = (await once(call, "response")) as [IncomingMessage];
  return response.setEncoding("utf8");
}

/** What the kubeconfig, or the Pod's service account, says of the API server. */
async function connect(): Promise<Connection> {
  if (current && Date.now() - current.readAt < REREAD_MS) {
    return current;
  }
  const config = new KubeConfig();
  config.loadFromDefault();
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) {
    throw new Error("The kubeconfig names no cluster: set its current-context");
  }
  const options: RequestOptions = { headers: {} };
  await config.applyToHTTPSOptions(options);
  const { ca, cert, key, rejectUnauthorized, servername } = options;
  const credentials = { ca, cert, key, rejectUnauthorized, servername };
  const isSame = current?.server === server && isDeepStrictEqual(current.credentials, credentials);
  const agent = isSame && current ? current.agent : agentFor(server, credentials);
  const headers = options.headers as OutgoingHttpHeaders;
  current = { server, credentials, headers, agent, readAt: Date.now() };
  return current;
}

function agentFor(server: string, credentials: Connection["credentials"]): http.Agent {
  const { Agent } = protocolOf(server);
  return new Agent({ ...credentials, keepAlive: true, maxSockets: MAX_CONNECTIONS });
}

/** A kubeconfig may lead to `kubectl proxy`, say, which does without TLS. */
function protocolOf(server: string): typeof http | typeof https {
  return server.startsWith("http:") ? http : https;
}
