import { setTimeout as sleep } from "node:timers/promises";
import type { ApiClient, ApiResponse } from "../control-plane/api-client";

const PAUSE_MS = 200;
const PATIENCE_MS = 60_000;

/** Content type of a patch whose lists are merged by their keys. */
export const STRATEGIC_MERGE = "application/strategic-merge-patch+json";
export const MERGE = "application/merge-patch+json";

/** Requests of the campaign's own, straight to the API server; each is tried until it is there. */
export class ClusterApi {
  /** UIDs of what was deleted by this. */
  readonly deleted = new Set<string>();
  /** The resourceVersions that came of changes by this. */
  readonly changed = new Set<string>();

  constructor(private readonly client: ApiClient) {}

  /**
   * Sends a request, and sends it again for as long as the API server does not work.
   *
   * @returns the answer, which may be a refusal: what is to be deleted need not be there
   * @throws Error if there is no answer for a minute
   */
  async send(method: string, path: string, object?: unknown, type?: string): Promise<ApiResponse> {
    const deadline = Date.now() + PATIENCE_MS;
    let last: unknown;
    while (Date.now() < deadline) {
      try {
        const response = await this.client.send(method, path, object, type);
        if (response.status < 500 && response.status !== 429 && !isStarting(response)) {
          return response;
        }
        last = new Error(response.body);
      } catch (error) {
        last = error;
      }
      await sleep(PAUSE_MS);
    }
    throw new Error(`No answer within ${PATIENCE_MS / 1000} s: ${method} ${path}`, { cause: last });
  }

  /** Creates the object if there is none of its name. */
  async create(collection: string, object: object): Promise<void> {
    await this.#expect([200, 201, 409], "POST", collection, object);
  }

  /** Changes fields of an object, if it is there. */
  async patch(path: string, change: object, type = MERGE): Promise<void> {
    const { body } = await this.#expect([200, 404, 409], "PATCH", path, change, type);
    const { metadata } = JSON.parse(body) as Answer;
    this.changed.add(metadata?.resourceVersion ?? "");
  }

  /** Deletes an object at once, if it is there. */
  async delete(path: string): Promise<void> {
    const url = `${path}?gracePeriodSeconds=0`;
    const { body } = await this.#expect([200, 202, 404, 409], "DELETE", url);
    const { metadata, details } = JSON.parse(body) as Answer;
    this.deleted.add(metadata?.uid ?? details?.uid ?? "");
  }

  /** The object, or undefined. */
  async get(path: string): Promise<unknown> {
    const { status, body } = await this.#expect([200, 404], "GET", path);
    return status === 200 ? JSON.parse(body) : undefined;
  }

  async #expect(
    statuses: readonly number[],
    method: string,
    path: string,
    object?: unknown,
    type?: string,
  ): Promise<ApiResponse> {
    const response = await this.send(method, path, object, type);
    if (!statuses.includes(response.status)) {
      throw new Error(`${method} ${path}: ${response.status} ${response.body}`);
    }
    return response;
  }
}

/** The API server answers with the object or with a Status. */
interface Answer {
  metadata?: { uid?: string; resourceVersion?: string };
  details?: { uid?: string };
}

/** While kube-apiserver starts, it knows neither its users' rights nor its custom resources. */
function isStarting({ status, body }: ApiResponse): boolean {
  return status === 403 || status === 401 || (status === 404 && !body.includes('"kind":"Status"'));
}
