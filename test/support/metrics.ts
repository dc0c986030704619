import { get } from "node:https";

/** What `/metrics` says at one moment. */
export class Samples {
  readonly #values: ReadonlyMap<string, number>;

  constructor(readonly text: string) {
    const lines = text.split("\n").filter(line => line !== "" && !line.startsWith("#"));
    this.#values = new Map(
      lines.map(line => {
        const end = line.lastIndexOf(" ");
        return [line.slice(0, end), Number(line.slice(end + 1))];
      }),
    );
  }

  /** The value of one time series, as `name{label="value"}`; undefined if there is none. */
  value(series: string): number | undefined {
    return this.#values.get(series);
  }

  /** The time series of a name. */
  of(name: string): string[] {
    return [...this.#values.keys()].filter(series => series.split("{")[0] === name);
  }
}

/** Asks an operator on loopback for its metrics, as Prometheus does with Pepr's certificate. */
export async function scrape(port: number): Promise<Samples> {
  const text = await new Promise<string>((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path: "/metrics", rejectUnauthorized: false };
    const request = get({ ...options, agent: false }, response => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
      response.on("end", () => {
        if (response.statusCode === 200) {
          resolve(body);
        } else {
          reject(new Error(`/metrics answers ${response.statusCode ?? 0}: ${body}`));
        }
      });
    });
    request.on("error", reject);
  });
  return new Samples(text);
}
