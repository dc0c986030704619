import { EventEmitter, once } from "node:events";
import { Agent, createServer, request, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { concerns, treat, type ProxyFault } from "./faults";
import { Answer } from "./answer";

/** A request that came through the proxy, and what became of it. */
export interface ProxiedRequest {
  /** Milliseconds since the epoch at which it came. */
  readonly at: number;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** The status of the answer; 0 if there was none, or it broke off. */
  status: number | undefined;
}

/** What the proxy listens with and where it forwards to. */
export interface ProxyOptions {
  /** https URL of the API server. */
  readonly server: string;
  /** PEM certificate of the API server, which is its own authority, and its key. */
  readonly certificate: string;
  readonly key: string;
}

/** Stands between an operator and the API server, and makes trouble. */
export class FaultProxy {
  readonly #server: Server;
  readonly #upstream: URL;
  readonly #agent: Agent;
  readonly #sockets = new Set<Socket>();
  readonly #watches = new Set<Answer>();
  /** Tells of each write of a Pod or an EndpointSlice: as it comes, and before its answer goes on. */
  readonly writes = new EventEmitter<{ asked: []; answered: [] }>();
  #fault: ProxyFault | undefined;
  /** What came through since the last {@link takeRequests}. */
  #requests: ProxiedRequest[] = [];
  #count = 0;

  private constructor({ server, certificate, key }: ProxyOptions) {
    this.#upstream = new URL(server);
    this.#agent = new Agent({ keepAlive: true, ca: certificate });
    this.#server = createServer({ cert: certificate, key }, (incoming, outgoing) => {
      this.#handle(incoming, outgoing);
    });
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  /** Starts a proxy on a free port of loopback. */
  static async start(options: ProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Begins a fault in place of the one before; undefined: ends it. What fell silent stays silent. */
  set fault(fault: ProxyFault | undefined) {
    this.#fault = fault;
    for (const watch of this.#watches) {
      watch.suffer(this.#faultOf(watch.path));
    }
  }

  /** How many watches are open, by path. */
  openWatches(): Map<string, number> {
    const open = new Map<string, number>();
    for (const { path } of this.#watches) {
      open.set(path, (open.get(path) ?? 0) + 1);
    }
    return open;
  }

  /** The requests since the last call of this. */
  takeRequests(): ProxiedRequest[] {
    const taken = this.#requests;
    this.#requests = [];
    return taken;
  }

  close(): void {
    this.#server.close();
    this.#agent.destroy();
    this.#sockets.forEach(socket => socket.destroy());
  }

  #handle(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method = "GET", url: path = "/" } = incoming;
    const isWatch = new URL(path, this.#upstream).searchParams.get("watch") === "true";
    const isList = method === "GET" && !isWatch && isCollection(path);
    const record = this.#record(method, path);
    const { fate, delayMs, cutAfterMs } = treat(this.#faultOf(path), this.#count++, isList);
    const answer = new Answer(outgoing, new URL(path, this.#upstream).pathname, delayMs, record);
    if (isWatch) {
      this.#watches.add(answer);
      outgoing.once("close", () => this.#watches.delete(answer));
    }
    if (cutAfterMs !== undefined) {
      answer.cutIn(cutAfterMs);
    }
    switch (fate) {
      case "forward":
        this.#forward(incoming, answer, record);
        return;
      case "hang":
        answer.fallSilent();
        return;
      case "reset":
        answer.breakOff();
        return;
      default:
        incoming.resume();
        answer.refuse(fate);
    }
  }

  #faultOf(path: string): ProxyFault | undefined {
    return concerns(this.#fault, path) ? this.#fault : undefined;
  }

  #record(method: string, path: string): ProxiedRequest {
    const record: ProxiedRequest = { at: Date.now(), method, path, status: undefined };
    this.#requests.push(record);
    if (isWrite(record)) {
      this.writes.emit("asked");
    }
    return record;
  }

  #forward(incoming: IncomingMessage, answer: Answer, record: ProxiedRequest): void {
    const { method, url: path = "/", headers } = incoming;
    const upstream = request(new URL(path, this.#upstream), {
      method,
      headers,
      agent: this.#agent,
    });
    upstream.on("response", response => {
      if (isWrite(record)) {
        this.writes.emit("answered");
      }
      answer.begin(response.statusCode ?? 502, response.headers);
      response.on("data", (chunk: Buffer) => {
        answer.write(chunk);
      });
      response.on("end", () => {
        answer.end();
      });
      // It broke off: the API server died.
      response.on("error", () => {
        answer.breakOff();
      });
    });
    upstream.on("error", () => {
      answer.breakOff();
    });
    answer.onClose(() => upstream.destroy());
    incoming.pipe(upstream);
  }
}

/** Whether it is a write of a Pod or an EndpointSlice. */
function isWrite({ method, path }: ProxiedRequest): boolean {
  return method !== "GET" && /\/(pods|endpointslices)\b/.test(path);
}

/** Whether the path names a kind, not one object: `/api/v1/pods`, `/apis/…/namespaces/x/pods`. */
export function isCollection(path: string): boolean {
  const [pathname = ""] = path.split("?");
  const parts = pathname
    .split("/")
    .filter(Boolean)
    .slice(pathname.startsWith("/apis/") ? 3 : 2);
  return parts.length === 1 || (parts.length === 3 && parts[0] === "namespaces");
}
