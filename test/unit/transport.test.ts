import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { RequestListener } from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { callApi as call } from "../../capabilities/cluster/api";
import { AnsweringServer } from "../support/answering-server";

let server: AnsweringServer;
let callApi: typeof call;

beforeEach(async () => {
  server = await AnsweringServer.start();
  vi.stubEnv("KUBECONFIG", server.kubeconfig);
  // It remembers the connection of the test before.
  vi.resetModules();
  ({ callApi } = await import("../../capabilities/cluster/api"));
});
afterEach(() => {
  server.close();
  vi.unstubAllEnvs();
});

describe("a call to the API server", () => {
  it("shares its connection with the next one", async () => {
    server.answer = (_, response) => response.end("{}");
    for (let count = 0; count < 5; count++) {
      await get();
    }
    expect(server.connections).toBe(1);
  });

  it("is sent again if the API server closes the connection that it would share", async () => {
    server.answer = (_, response) => response.end("{}");
    await get();
    let requests = 0;
    server.answer = (request, response) => {
      if (++requests === 1) {
        request.socket.resetAndDestroy();
      } else {
        response.end('{"kind": "Pod"}');
      }
    };
    expect(await get()).toEqual({ kind: "Pod" });
    expect(server.connections).toBe(2);
  });

  it("carries who asks, and what", async () => {
    server.answer = (request, response) => {
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

  it.each(["/k8s/clusters/c-1", "/k8s/clusters/c-1/"])(
    "goes to the cluster behind a proxy, at %s",
    async path => {
      server.serveAt(path);
      server.answer = ({ url }, response) => response.end(JSON.stringify({ url }));
      expect(await get()).toEqual({ url: "/k8s/clusters/c-1/api/v1/pods" });
    },
  );

  it.each<[string, RequestListener, string]>([
    ["no answer", () => undefined, "http.server.request.start"],
    [
      "but half an answer",
      (_, response) => response.writeHead(200, { "content-length": 100 }).write("{"),
      "http.client.response.finish",
    ],
  ])("is given up with %s after 15 s", async (_, listener, channel) => {
    server.answer = listener;
    const underWay = toldOn(channel);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const refused = expect(get()).rejects.toMatchObject({
        status: undefined,
        message: "asking: no answer within 15 s",
      });
      await underWay;
      vi.advanceTimersByTime(15_000);
      await refused;
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
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
    [
      "has its connection broken amid the answer",
      (request, response) => {
        response.writeHead(200, { "content-length": 100 }).write("{");
        void toldOn("http.client.response.finish").then(() => request.socket.resetAndDestroy());
      },
      { status: undefined, isRefusal: false },
    ],
  ])("%s", async (_, listener, error) => {
    server.answer = listener;
    await expect(get()).rejects.toMatchObject(error);
  });

  it("says why it gets no answer", async () => {
    server.stop();
    await expect(get()).rejects.toMatchObject({
      status: undefined,
      message: expect.stringContaining("asking: connect ECONNREFUSED") as string,
    });
  });
});

function get(): Promise<unknown> {
  return callApi("asking", { method: "GET", path: "/api/v1/pods" });
}

/** Waits until Node.js tells of something on a channel: what a server has, a client need not have yet. */
function toldOn(channel: string): Promise<void> {
  return new Promise(resolve => {
    const listener = () => {
      unsubscribe(channel, listener);
      resolve();
    };
    subscribe(channel, listener);
  });
}
