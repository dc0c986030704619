import { request } from "node:https";
import { createInterface } from "node:readline";
import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { ObjectMeta } from "../../capabilities/domain/kubernetes";
import type { ApiClient } from "../control-plane/api-client";
import { until } from "../control-plane/until";

const PAUSE_MS = 100;
const START_MS = 30_000;

export interface KubeObject {
  metadata?: ObjectMeta;
}

interface List<T> {
  metadata: { resourceVersion: string };
  items: T[];
}

interface WatchLine<T> {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  object: T & { code?: number };
}

/**
 * Follows all objects of one kind, straight from the API server and without a gap: after a break it
 * goes on at the resourceVersion where it was. For a checker, which must not miss what it checks.
 */
export class Follower<T extends KubeObject> {
  readonly objects = new Map<string, T>();
  #version = "";
  #closed = false;
  #response: IncomingMessage | undefined;

  /** @param onChange told of each change, and whether it is a deletion */
  constructor(
    private readonly client: ApiClient,
    private readonly path: string,
    private readonly onChange: (object: T, deleted: boolean) => void,
  ) {}

  /** Reads what is there, and begins to follow. */
  async start(): Promise<void> {
    // A kind that was just defined is not served at once.
    await until(`${this.path} is served`, START_MS, async () => {
      await this.#relist();
      return true;
    });
    void this.#follow();
  }

  close(): void {
    this.#closed = true;
    this.#response?.destroy();
  }

  async #follow(): Promise<void> {
    while (!this.#closed) {
      try {
        await this.#watch();
      } catch {
        // The API server is away; it is asked again until it is back.
      }
      await sleep(PAUSE_MS);
    }
  }

  async #relist(): Promise<void> {
    const { status, body } = await this.client.get(this.path);
    if (status !== 200) {
      throw new Error(`${this.path}: ${status} ${body}`);
    }
    const { metadata, items } = JSON.parse(body) as List<T>;
    const gone = new Map(this.objects);
    for (const object of items) {
      gone.delete(uidOf(object));
      if (versionOf(object) !== versionOf(this.objects.get(uidOf(object)))) {
        this.#note(object, false);
      }
    }
    gone.forEach(object => {
      this.#note(object, true);
    });
    this.#version = metadata.resourceVersion;
  }

  async #watch(): Promise<void> {
    const query = `watch=true&allowWatchBookmarks=true&resourceVersion=${this.#version}`;
    this.#response = await this.#open(`${this.path}?${query}`);
    if (this.#response.statusCode === 410) {
      await this.#relist();
      return;
    }
    for await (const line of createInterface({ input: this.#response })) {
      const { type, object } = JSON.parse(line) as WatchLine<T>;
      if (type === "ERROR") {
        await this.#relist();
        return;
      }
      this.#version = versionOf(object);
      if (type !== "BOOKMARK") {
        this.#note(object, type === "DELETED");
      }
    }
  }

  #open(path: string): Promise<IncomingMessage> {
    const { server, ca, token } = this.client;
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}` };
      const outgoing = request(new URL(path, server), { headers, ca, agent: false }, resolve);
      outgoing.on("error", reject);
      outgoing.end();
    });
  }

  #note(object: T, deleted: boolean): void {
    if (deleted) {
      this.objects.delete(uidOf(object));
    } else {
      this.objects.set(uidOf(object), object);
    }
    this.onChange(object, deleted);
  }
}

function uidOf({ metadata }: KubeObject): string {
  return metadata?.uid ?? "";
}

function versionOf(object: KubeObject | undefined): string {
  return object?.metadata?.resourceVersion ?? "";
}
