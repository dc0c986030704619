import { Agent, request } from "node:http";
import { atOnce } from "../at-once";

const AT_ONCE = 16;
/** What etcd takes in one transaction. */
const MOST_OPERATIONS = 128;

/** A key, and the text to put there; undefined: it is to go. */
export type Change = readonly [key: string, value: string | undefined];

/**
 * Changes of etcd itself, through the JSON gateway of its API. kube-apiserver tells its watchers of
 * them as of its own, and thousands of objects come or go at once.
 *
 * @see https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/
 */
export class Etcd {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

  /** @param socket path of the Unix socket that it listens on */
  constructor(private readonly socket: string) {}

  /**
   * Makes changes, each with a revision of its own.
   *
   * @throws if etcd refuses; what came before the refusal has been done
   */
  apply(changes: readonly Change[]): Promise<void> {
    return atOnce(AT_ONCE, changes, ([key, value]) =>
      value === undefined
        ? this.#post("/v3/kv/deleterange", { key: base64(key) })
        : this.#post("/v3/kv/put", { key: base64(key), value: base64(value) }),
    );
  }

  /**
   * Puts objects there, many in one transaction, which is much faster. They share a revision: a
   * watcher that is cut off after one of them and goes on from there misses the others.
   *
   * @throws if etcd refuses
   */
  load(objects: readonly (readonly [key: string, value: string])[]): Promise<void> {
    const puts = objects.map(([key, value]) => ({
      requestPut: { key: base64(key), value: base64(value) },
    }));
    const count = Math.ceil(puts.length / MOST_OPERATIONS);
    const transactions = Array.from({ length: count }, (_, index) =>
      puts.slice(index * MOST_OPERATIONS, (index + 1) * MOST_OPERATIONS),
    );
    return atOnce(AT_ONCE, transactions, success => this.#post("/v3/kv/txn", { success }));
  }

  /**
   * Removes all whose keys begin so.
   *
   * @param prefix ends with a slash
   * @throws if etcd refuses
   */
  removeBelow(prefix: `${string}/`): Promise<void> {
    // The first key behind them: 0 follows the slash.
    const end = prefix.replace(/\/$/, "0");
    return this.#post("/v3/kv/deleterange", { key: base64(prefix), range_end: base64(end) });
  }

  close(): void {
    this.#agent.destroy();
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
