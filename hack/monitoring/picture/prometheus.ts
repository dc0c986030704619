import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { freePort } from "../../control-plane/ports";
import { ALERTS_FILE } from "../manifests";

/** Seconds between two scrapes. */
const SCRAPE_SECONDS = 1;

/** One line of a panel: its labels and its values over time, in seconds since 1970. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [time: number, value: string])[];
}

/** A time, in seconds since 1970. */
export interface Range {
  readonly start: number;
  readonly end: number;
  /** Seconds between two values. */
  readonly step: number;
}

/** A Prometheus on loopback that scrapes one operator. */
export class Prometheus {
  readonly #child: ChildProcess;
  readonly #url: string;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.#url = url;
  }

  /**
   * Starts it; the program must be in the path (`apt-get install prometheus`).
   *
   * @param dir a folder of its own
   * @param target port of the operator
   */
  static async start(dir: string, target: number): Promise<Prometheus> {
    const config = {
      global: { scrape_interval: `${SCRAPE_SECONDS}s`, evaluation_interval: "5s" },
      rule_files: [ALERTS_FILE],
      scrape_configs: [
        {
          job_name: "pepr-critsvc-watcher",
          scheme: "https",
          tls_config: { insecure_skip_verify: true },
          static_configs: [{ targets: [`127.0.0.1:${target}`] }],
        },
      ],
    };
    const file = join(dir, "prometheus.yaml");
    writeFileSync(file, stringify(config));
    const address = `127.0.0.1:${await freePort()}`;
    const flags = [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(dir, "prometheus")}`,
      `--web.listen-address=${address}`,
      "--log.level=warn",
    ];
    const child = spawn("prometheus", flags, { stdio: ["ignore", "inherit", "inherit"] });
    await once(child, "spawn");
    process.once("exit", () => child.kill("SIGKILL"));
    return new Prometheus(child, `http://${address}`);
  }

  /** What it answers to a query over time. @throws Error with what it says of a bad query */
  async range(query: string, { start, end, step }: Range): Promise<Series[]> {
    const parameters = { query, start: String(start), end: String(end), step: String(step) };
    const path = `/api/v1/query_range?${new URLSearchParams(parameters).toString()}`;
    const response = await fetch(this.#url + path);
    const answer = (await response.json()) as { data?: { result: Series[] }; error?: string };
    if (!answer.data) {
      throw new Error(`${query}: ${answer.error ?? response.statusText}`);
    }
    return answer.data.result;
  }

  stop(): void {
    this.#child.kill();
  }
}
