import http, { type OutgoingHttpHeaders } from "node:http";
import https, { type RequestOptions } from "node:https";
import { urlToHttpOptions } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { KubeConfig } from "@kubernetes/client-node";

/** How the API server is reached, and as whom. */
export interface Connection {
  readonly server: string;
  /** Where the server is, as a request is to be told. */
  readonly address: Pick<RequestOptions, "protocol" | "hostname" | "port">;
  /** What its paths begin with: a proxy of many clusters has one of each. */
  readonly basePath: string;
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

/** What the kubeconfig, or the Pod's service account, says of the API server. */
export async function connect(): Promise<Connection> {
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
  const { address, basePath } = placeOf(server);
  const agent = isSame && current ? current.agent : agentFor(address, credentials);
  const headers = options.headers as OutgoingHttpHeaders;
  current = { server, address, basePath, credentials, headers, agent, readAt: Date.now() };
  return current;
}

function placeOf(server: string): Pick<Connection, "address" | "basePath"> {
  const { protocol, hostname, port, path } = urlToHttpOptions(new URL(server));
  return { address: { protocol, hostname, port }, basePath: path?.replace(/\/$/, "") ?? "" };
}

function agentFor(
  address: Connection["address"],
  credentials: Connection["credentials"],
): http.Agent {
  const { Agent } = protocolOf(address);
  return new Agent({ ...credentials, keepAlive: true, maxSockets: MAX_CONNECTIONS });
}

/** A kubeconfig may lead to `kubectl proxy`, say, which does without TLS. */
export function protocolOf({ protocol }: Connection["address"]): typeof http | typeof https {
  return protocol === "http:" ? http : https;
}
