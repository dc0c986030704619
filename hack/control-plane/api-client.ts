import { request } from "node:https";

/** An API server that has just got ten thousand Services takes its time. */
const TIMEOUT_MS = 60_000;

export interface ApiResponse {
  status: number;
  body: string;
}

/** The few requests that are made here without a client library, as the admin of the control plane. */
export class ApiClient {
  /**
   * @param server https URL of kube-apiserver
   * @param ca PEM certificate that its serving certificate is verified against
   */
  constructor(
    readonly server: string,
    readonly ca: string,
    readonly token: string,
  ) {}

  get(path: string): Promise<ApiResponse> {
    return this.send("GET", path);
  }

  /** @throws when the answer is anything but 2xx */
  async post(path: string, object: unknown): Promise<void> {
    const { status, body } = await this.send("POST", path, object);
    if (status < 200 || status > 299) throw new Error(`POST ${path}: ${status} ${body}`);
  }

  /**
   * @param type media type of the body, which for a PATCH says what kind of patch it is
   * @returns the answer, whatever its status
   */
  send(
    method: string,
    path: string,
    object?: unknown,
    type = "application/json",
  ): Promise<ApiResponse> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.token}` };
    const body = object === undefined ? undefined : JSON.stringify(object);
    if (body !== undefined) headers["content-type"] = type;
    return new Promise((resolve, reject) => {
      const options = { method, headers, ca: this.ca, agent: false, timeout: TIMEOUT_MS };
      const outgoing = request(new URL(path, this.server), options, response => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
        });
      });
      outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer: ${method} ${path}`)));
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }
}
