import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request, type RequestOptions } from "node:https";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { FaultProxy } from "../../hack/chaos/proxy";
import { startControlPlane, type ControlPlane } from "../../hack/control-plane";

const WATCH = "/api/v1/namespaces?watch=true";

let controlPlane: ControlPlane;
let proxy: FaultProxy;
let certificate: string;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  certificate = readFileSync(join(controlPlane.dir, "certs/apiserver.crt"), "utf8");
});
afterAll(() => controlPlane.stop());

beforeEach(async () => {
  const key = readFileSync(join(controlPlane.dir, "certs/apiserver.key"), "utf8");
  proxy = await FaultProxy.start({ server: controlPlane.server, certificate, key });
});
afterEach(() => {
  proxy.close();
});

it("passes requests and answers on", async () => {
  const { status, body } = await get("/api/v1/namespaces/default");
  expect([status, (JSON.parse(body) as { kind: string }).kind]).toEqual([200, "Namespace"]);
  expect(proxy.takeRequests()).toMatchObject([
    { method: "GET", path: "/api/v1/namespaces/default", status: 200 },
  ]);
});

it("answers 429 with Retry-After, and 500, in the API server's stead", async () => {
  proxy.fault = { kind: "busy", share: 1 };
  const busy = await get("/readyz");
  expect([busy.status, busy.headers["retry-after"]]).toEqual([429, "1"]);
  proxy.fault = { kind: "errors", share: 1 };
  expect((await get("/readyz")).status).toBe(500);
  proxy.fault = undefined;
  expect((await get("/readyz")).status).toBe(200);
});

it("closes connections before there is an answer, and in the middle of one", async () => {
  proxy.fault = { kind: "unreachable" };
  await expect(get("/readyz")).rejects.toThrow("socket hang up");
  proxy.fault = { kind: "cut", afterMs: 0 };
  await expect(get(WATCH)).rejects.toThrow();
  expect(proxy.takeRequests().map(({ status }) => status)).toEqual([0, 0]);
});

it("has open watches fall silent for good, while new ones speak", async () => {
  const deaf = await watch();
  proxy.fault = { kind: "silent watches" };
  proxy.fault = undefined;
  const hearing = await watch();
  await controlPlane.api.post("/api/v1/namespaces", { metadata: { name: "news" } });
  await vi.waitFor(() => {
    expect(hearing.heard()).toContain('"news"');
  });
  expect(deaf.heard()).not.toContain('"news"');
  expect(deaf.response.destroyed).toBe(false);
  expect([...proxy.openWatches()]).toEqual([["/api/v1/namespaces", 2]]);
});

it("gives no answer while there is silence", async () => {
  proxy.fault = { kind: "silence" };
  const abort = new AbortController();
  const asked = get("/readyz", abort.signal);
  await vi.waitFor(() => {
    expect(proxy.takeRequests()).toMatchObject([{ path: "/readyz", status: undefined }]);
  });
  abort.abort();
  await expect(asked).rejects.toThrow("aborted");
});

it("tells of a write of a Pod as it comes, and before its answer goes on", async () => {
  const told: string[] = [];
  proxy.writes.on("asked", () => told.push("asked"));
  proxy.writes.on("answered", () => told.push("answered"));
  await get("/api/v1/namespaces/default/pods");
  const { status } = await send("DELETE", "/api/v1/namespaces/default/pods/nobody");
  expect([status, ...told]).toEqual([404, "asked", "answered"]);
});

it("a watch breaks off when the API server dies, and works again when it is back", async () => {
  const { response } = await watch();
  const broken = once(response, "error");
  const restarted = controlPlane.restart("kube-apiserver", 0);
  await broken;
  await restarted;
  expect((await get("/api/v1/namespaces/default")).status).toBe(200);
});

interface Answer {
  status: number | undefined;
  headers: IncomingMessage["headers"];
  body: string;
}

function get(path: string, signal?: AbortSignal): Promise<Answer> {
  return send("GET", path, signal);
}

async function send(method: string, path: string, signal?: AbortSignal): Promise<Answer> {
  const response = await open(path, signal, method);
  const parts: Buffer[] = [];
  for await (const part of response) {
    parts.push(part as Buffer);
  }
  const { statusCode: status, headers } = response;
  return { status, headers, body: Buffer.concat(parts).toString() };
}

async function watch() {
  const response = await open(WATCH);
  let heard = "";
  response.on("data", (part: Buffer) => (heard += part.toString()));
  response.on("error", () => undefined);
  await vi.waitFor(() => {
    expect(heard).toContain('"default"');
  });
  return { response, heard: () => heard };
}

function open(path: string, signal?: AbortSignal, method = "GET"): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${controlPlane.api.token}` };
  const options: RequestOptions = {
    method,
    headers,
    ca: certificate,
    agent: false,
    ...(signal && { signal }),
  };
  return new Promise((resolve, reject) => {
    request(new URL(path, proxy.url), options, resolve).on("error", reject).end();
  });
}
