import { Agent, request } from "node:http";

/** What etcd takes in one transaction. */
const MOST_OPERATIONS = 128;
const AT_ONCE = 4;

/** A key, and the text to put there; undefined: it is to go. */
export type Change = readonly [key: string, value: string | undefined];

/**
 * Changes of etcd itself, through the JSON gateway of its API. kube-apiserver tells its watchers of
 * them as of its own, and a thousand objects come or go at once.
 *
 * @see https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/
 */
export class Etcd {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

  /** @param socket path of the Unix socket that it listens on */
  constructor(private readonly socket: string) {}

  /** @throws if etcd refuses; what came before the refusal has been done */
  async apply(changes: readonly Change[]): Promise<void> {
    const transactions = chunks(changes, MOST_OPERATIONS);
    const work = async (): Promise<void> => {
      for (let some = transactions.shift(); some !== undefined; some = transactions.shift()) {
        await this.#post("/v3/kv/txn", { success: some.map(operation) });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
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

function operation([key, value]: Change): object {
  return value === undefined
    ? { requestDeleteRange: { key: base64(key) } }
    : { requestPut: { key: base64(key), value: base64(value) } };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, index) => all.slice(index * size, (index + 1) * size));
}
