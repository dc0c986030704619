import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { callApi as call } from "../../capabilities/cluster/api";

let server: Server;
let dir: string;
let callApi: typeof call;
let connections = 0;
let answer: RequestListener;

beforeEach(async () => {
  connections = 0;
  server = createServer((request, response) => {
    answer(request, response);
  });
  server.on("connection", () => connections++);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  dir = mkdtempSync(join(tmpdir(), "transport-"));
  const file = join(dir, "kubeconfig");
  writeFileSync(file, kubeconfig(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  vi.stubEnv("KUBECONFIG", file);
  // It remembers the connection of the test before.
  vi.resetModules();
  ({ callApi } = await import("../../capabilities/cluster/api"));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(dir, { recursive: true });
  vi.unstubAllEnvs();
});

describe("a call to the API server", () => {
  it("shares its connection with the next one", async () => {
    answer = (_, response) => response.end("{}");
    for (let count = 0; count < 5; count++) {
      await get();
    }
    expect(connections).toBe(1);
  });

  it("is sent again if the API server closes the connection that it would share", async () => {
    answer = (_, response) => response.end("{}");
    await get();
    let requests = 0;
    answer = (request, response) => {
      if (++requests === 1) {
        request.socket.resetAndDestroy();
      } else {
        response.end('{"kind": "Pod"}');
      }
    };
    expect(await get()).toEqual({ kind: "Pod" });
    expect(connections).toBe(2);
  });

  it("carries who asks, and what", async () => {
    answer = (request, response) => {
      const { method, url, headers } = request;
      const { authorization, "content-type": type } = headers;
      request.toArray().then(
        body =>
          response.end(JSON.stringify({ method, url, authorization, type, body: String(body) })),
        () => response.destroy(),
      );
    };
    const request = { method: "PATCH", path: "/api/v1/pods?a=b", body: { ä: 1 } } as const;
    expect(await callApi("asking", { ...request, contentType: "application/x" })).toEqual({
      method: "PATCH",
      url: "/api/v1/pods?a=b",
      authorization: "Bearer any",
      type: "application/x",
      body: '{"ä":1}',
    });
  });

  it.each<[string, RequestListener, object]>([
    [
      "is refused with the API server's reason",
      (_, response) => response.writeHead(409).end('{"message": "it is there"}'),
      { status: 409, message: "asking: it is there", isConflict: true },
    ],
    [
      "is refused by something between",
      (_, response) => response.writeHead(503, { "retry-after": "7" }).end("<p>no\nway"),
      { status: 503, message: "asking: <p>no way", retryAfterMs: 7000 },
    ],
    [
      "gets something else for an answer",
      (_, response) => response.end("<p>Welcome"),
      { status: 200, message: "asking: <p>Welcome", isRefusal: false },
    ],
    [
      "gets half an answer",
      (_, response) => {
        response.writeHead(200, { "content-length": 100 }).write("{");
        setImmediate(() => response.destroy());
      },
      { status: undefined, isRefusal: false },
    ],
  ])("%s", async (_, listener, error) => {
    answer = listener;
    await expect(get()).rejects.toMatchObject(error);
  });

  it("says why it gets no answer", async () => {
    server.close();
    server.closeAllConnections();
    await expect(get()).rejects.toMatchObject({
      status: undefined,
      message: expect.stringContaining("asking: connect ECONNREFUSED") as string,
    });
  });
});

function get(): Promise<unknown> {
  return callApi("asking", { method: "GET", path: "/api/v1/pods" });
}

function kubeconfig(url: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "it", cluster: { server: url, "insecure-skip-tls-verify": true } }],
    contexts: [{ name: "it", context: { cluster: "it", user: "it" } }],
    users: [{ name: "it", user: { token: "any" } }],
    "current-context": "it",
  });
}
