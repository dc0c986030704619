import { Agent, request } from "node:http";

const AT_ONCE = 16;

/** A key, and the text to put there; undefined: it is to go. */
export type Change = readonly [key: string, value: string | undefined];

/**
 * Changes of etcd itself, through the JSON gateway of its API. kube-apiserver tells its watchers of
 * them as of its own, and thousands of objects come or go at once.
 *
 * Each is a request of its own: the changes of one transaction share a revision, and a watcher which
 * goes on after one of them would miss the others.
 *
 * @see https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/
 */
export class Etcd {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

  /** @param socket path of the Unix socket that it listens on */
  constructor(private readonly socket: string) {}

  /** @throws if etcd refuses; what came before the refusal has been done */
  async apply(changes: readonly Change[]): Promise<void> {
    const left = changes.values();
    const work = async (): Promise<void> => {
      for (const change of left) await this.#apply(change);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  close(): void {
    this.#agent.destroy();
  }

  #apply([key, value]: Change): Promise<void> {
    return value === undefined
      ? this.#post("/v3/kv/deleterange", { key: base64(key) })
      : this.#post("/v3/kv/put", { key: base64(key), value: base64(value) });
  }

  #post(path: string, body: object): Promise<void> {
    return new Promise((resolve, reject) => {
      const options = { method: "POST", path, socketPath: this.socket, agent: this.#agent };
      const outgoing = request(options, response => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () => {
          if (response.statusCode === 200) resolve();
          else reject(new Error(`etcd: ${path}: ${Buffer.concat(parts).toString()}`));
        });
      });
      outgoing.on("error", reject);
      outgoing.end(JSON.stringify(body));
    });
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
