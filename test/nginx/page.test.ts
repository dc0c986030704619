import { connect } from "node:net";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { FILE, READY_PATH } from "../../capabilities/domain/page/nginx";
import { pageFiles } from "../../capabilities/domain/page/pod";
import { pageSpec } from "../../capabilities/domain/page/spec";
import { send, values } from "../support/http-client";
import { configFaults, freePorts, Nginx, PageFolder, requireNginx } from "./server";

const folder = new PageFolder();
let running: Nginx | undefined;

beforeAll(requireNginx);
afterEach(async () => {
  await running?.stop();
  running = undefined;
});
afterAll(() => {
  folder.remove();
});

/** Serves the page that `spec` describes. */
async function serve(spec: object = {}, count = 1, content?: string) {
  const ports = await freePorts(count);
  const input = { spec: pageSpec.parse(spec), ports: ports.map(port => ({ port })), content };
  const files = pageFiles(input, folder.paths);
  folder.write(files);
  expect(configFaults(folder)).toBe("");
  const port = ports[0] ?? 0;
  running = await Nginx.start(folder, port);
  return { port, ports, page: files[FILE.page] ?? "", problem: files[FILE.problem] ?? "" };
}

describe("the default page", () => {
  it.each(["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND", "TRACE"])(
    "answers %s on any path",
    async method => {
      const { port, page } = await serve();
      for (const path of [
        "/",
        "/a/b.json?c=d",
        "/index.html",
        "/%C3%A9/",
        "//x//",
        "/.git/config",
      ]) {
        const answer = await send(port, { method, path });
        expect([path, answer.status]).toEqual([path, 503]);
        expect(answer.body.toString()).toBe(page);
      }
    },
  );

  it("answers HEAD with the page's headers and no body", async () => {
    const { port, page } = await serve();
    const answer = await send(port, { method: "HEAD" });
    expect(answer.status).toBe(503);
    expect(answer.body).toHaveLength(0);
    expect(values(answer, "content-length")).toEqual([String(Buffer.byteLength(page))]);
  });

  it.each([
    [503, [["Retry-After", "30"]]],
    [200, []],
    [404, []],
  ])("sends with status %i these headers and no others", async (statusCode, more) => {
    const { port, page } = await serve({ statusCode });
    const { headers } = await send(port);
    const expected = [
      ["Cache-Control", "no-store"],
      ["Connection", "close"],
      ["Content-Length", String(Buffer.byteLength(page))],
      ["Content-Type", "text/html; charset=utf-8"],
      ...more,
      ["Server", "nginx"],
      ["Vary", "Accept"],
    ];
    expect(headers.filter(([name]) => name !== "Date").sort()).toEqual(expected);
  });

  it.each(["/.critical-service-operator/page", "/.critical-service-operator/problem"])(
    "answers on its own address %s as everywhere",
    async path => {
      const { port, page } = await serve();
      const answer = await send(port, { path });
      expect(answer.status).toBe(503);
      expect(answer.body.toString()).toBe(page);
    },
  );

  it("is asked for readiness on a path of its own", async () => {
    const { port } = await serve({ headers: [{ name: "X-Page", value: "1" }] });
    const ready = await send(port, { path: READY_PATH });
    expect(ready.status).toBe(200);
    expect(values(ready, "cache-control")).toEqual(["no-store"]);
    expect(values(ready, "x-page")).toEqual([]);
    expect((await send(port, { path: `${READY_PATH}/x` })).status).toBe(503);
  });

  it("listens on each port, on IPv4 and IPv6", async () => {
    const { ports } = await serve({}, 3);
    for (const port of ports) {
      expect((await send(port, { host: "127.0.0.1" })).status).toBe(503);
      expect((await send(port, { host: "::1" })).status).toBe(503);
    }
  });

  it("starts where the kernel has no IPv6", async () => {
    const { port } = await serve();
    await running?.stop();
    const config = readFileSync(folder.config, "utf8").replace("/proc/sys/net/ipv6/", "/none/");
    expect(config).toContain("/none/");
    folder.write({ [FILE.nginx]: config, [FILE.page]: "x", [FILE.problem]: "{}" });
    expect(configFaults(folder)).toBe("");
    running = await Nginx.start(folder, port);
    expect((await send(port)).status).toBe(503);
    await expect(send(port, { host: "::1" })).rejects.toThrow("ECONNREFUSED");
  });

  it("never says not modified, and never sends a part", async () => {
    const { port, page } = await serve({ statusCode: 200 });
    const headers = {
      "If-Modified-Since": statSync(join(folder.paths.files, FILE.page)).mtime.toUTCString(),
      Range: "bytes=0-9",
    };
    const answer = await send(port, { headers });
    expect(answer.status).toBe(200);
    expect(answer.body.toString()).toBe(page);
    expect(values(answer, "accept-ranges")).toEqual([]);
  });

  it.each([503, 200])(
    "takes a large body with status %i and stores none of it",
    async statusCode => {
      const { port, page } = await serve({ statusCode });
      const body = Buffer.alloc(32 * 1024 * 1024, "x");
      const lengths = [{ "Content-Length": body.length }, { "Transfer-Encoding": "chunked" }];
      for (const headers of lengths) {
        const answer = await send(port, { method: "POST", headers, body });
        expect(answer.status).toBe(statusCode);
        expect(answer.body.toString()).toBe(page);
      }
      expect(readdirSync(join(folder.paths.scratch, "client_body"))).toEqual([]);
      expect(running?.complaints).toBe("");
    },
  );

  it("takes large headers and a long path", async () => {
    const { port } = await serve();
    const headers = { Cookie: "c".repeat(30_000) };
    expect((await send(port, { headers, path: `/${"p".repeat(30_000)}` })).status).toBe(503);
  });

  it("answers at once to a client that waits for 100 Continue", async () => {
    const { port } = await serve();
    const head = "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n";
    expect(await firstLine(port, head)).toBe("HTTP/1.1 503 Service Temporarily Unavailable");
  });

  it("logs no request", async () => {
    const { port } = await serve();
    await send(port, { path: "/nothing-here" });
    await running?.stop();
    expect(running?.complaints).toBe("");
  });
});

/** The first line of the answer to raw bytes. */
async function firstLine(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.once("error", reject);
    socket.once("data", data => {
      socket.destroy();
      resolve(data.toString().split("\r\n")[0] ?? "");
    });
  });
}

describe("the status", () => {
  const all = [200, ...Array.from({ length: 200 }, (_, index) => 400 + index)];

  it("is any that the schema allows", async () => {
    // Every one of them would take long; these are the ones that nginx treats apart, and the limits.
    const apart = [200, 400, 401, 404, 405, 408, 412, 413, 414, 416, 421, 429, 444, 451, 494, 495];
    for (const statusCode of [...apart, 496, 497, 499, 500, 502, 503, 504, 507, 511, 520, 599]) {
      expect(all).toContain(statusCode);
      const { port, page } = await serve({ statusCode });
      const answer = await send(port, { method: "POST", path: "/x" });
      expect(answer.status).toBe(statusCode);
      expect(answer.body.toString()).toBe(page);
      const retry = [413, 429, 503].includes(statusCode) ? ["30"] : [];
      expect([statusCode, values(answer, "retry-after")]).toEqual([statusCode, retry]);
      await running?.stop();
    }
  });

  it("may say to retry at once", async () => {
    const { port } = await serve({ retryAfterSeconds: 0 });
    expect(values(await send(port), "retry-after")).toEqual(["0"]);
  });
});

describe("a client that prefers JSON", () => {
  it("gets problem details", async () => {
    const { port } = await serve({ statusCode: 429, title: "Busy", message: 'say "please"' });
    const answer = await send(port, { method: "POST", headers: { Accept: "application/json" } });
    expect(answer.status).toBe(429);
    expect(values(answer, "content-type")).toEqual(["application/problem+json"]);
    expect(JSON.parse(answer.body.toString())).toEqual({
      type: "about:blank",
      title: "Busy",
      status: 429,
      detail: 'say "please"',
    });
  });

  it("is told by its Accept header, as the rule says", async () => {
    const { port, page, problem } = await serve({ html: "<p>own" });
    const ask = async (Accept: string) =>
      (await send(port, { headers: { Accept } })).body.toString();
    expect(await ask("application/json, text/plain, */*")).toBe(problem);
    expect(await ask("text/html;q=0.5, application/json")).toBe(problem);
    expect(await ask("text/html, application/json")).toBe(page);
    expect(await ask("*/*")).toBe(page);
    expect((await send(port)).body.toString()).toBe(page);
  });

  it("does not upset the server with its Accept header", async () => {
    const { port } = await serve();
    const pieces = [
      ",",
      ";",
      " ",
      "a",
      "a,",
      "text/html;",
      "text/html;q=0,",
      "application/json;q=0,",
    ];
    for (const piece of pieces) {
      const Accept = piece.repeat(30_000 / piece.length);
      expect([piece, (await send(port, { headers: { Accept } })).status]).toEqual([piece, 503]);
    }
    expect(running?.complaints).toBe("");
  });

  it("gets the author's own JSON if there is one, like everybody", async () => {
    const html = '{"own":true}';
    const { port } = await serve({ html, contentType: "application/json" });
    for (const Accept of ["application/json", "text/html", "*/*"]) {
      const answer = await send(port, { headers: { Accept } });
      expect(answer.body.toString()).toBe(html);
      expect(values(answer, "content-type")).toEqual(["application/json"]);
      expect(values(answer, "vary")).toEqual([]);
    }
  });
});

describe("content from a ConfigMap", () => {
  it("is served as it is", async () => {
    const content = "\u{1F527} $host ${uri}\r\n".repeat(8000);
    const spec = { configMap: { name: "c", key: "k" }, contentType: "text/plain" };
    const { port } = await serve(spec, 1, content);
    const answer = await send(port);
    expect(answer.body.equals(Buffer.from(content))).toBe(true);
    expect(values(answer, "content-type")).toEqual(["text/plain"]);
  });
});
