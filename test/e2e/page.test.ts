import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { READY_PATH } from "../../capabilities/domain/page/nginx";
import { send, values, type Answer, type Query } from "../support/http-client";
import { answers, expectHandover } from "./support/answers";
import type { Poller } from "../../hack/bench/poller";
import { fallbackTemplate } from "../../hack/bench/pods";
import { eventually, RESTRICTED, Stage } from "./support/stage";

/** What Chromium asks for. */
const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
/** With what nginx, a shell and HTML would each take for their own. */
const HTML = `<!doctype html><title>Own</title><p>$host \${uri} "'\\ ; } # é \u{1F527}\r\n`;
const STORED = "<h1>From the ConfigMap</h1>\n";

let stage: Stage;

describe("a page", () => {
  /** A Service for each, all of them lame. */
  const pages: Record<string, object> = {
    plain: {},
    fine: { statusCode: 200 },
    missing: { statusCode: 404 },
    moving: { title: "On déménage <b>", message: "Retour à midi.\nMerci !", lang: "fr" },
    own: {
      html: HTML,
      retryAfterSeconds: 600,
      headers: [
        { name: "X-Support", value: 'say "$host"; then \\ wait' },
        { name: "Content-Security-Policy", value: "default-src 'none'; style-src 'unsafe-inline'" },
      ],
    },
    stored: { configMap: { name: "page", key: "index.html" }, contentType: "text/plain" },
    api: { html: '{"closed":true}', contentType: "application/json" },
  };
  const hosts = new Map<string, string>();
  const ask = (service: string, query: Query = {}): Promise<Answer> =>
    send(80, { host: hosts.get(service) ?? "", ...query });

  beforeAll(async () => {
    stage = await Stage.create(RESTRICTED);
    await stage.apply(configMap(STORED));
    for (const [service, page] of Object.entries(pages)) {
      await stage.service({}, service);
      await stage.critical({ page }, service);
      hosts.set(service, await stage.clusterIp(service));
    }
    await Promise.all(Object.keys(pages).map(service => eventually(() => ask(service))));
  });
  afterAll(() => stage.close());

  it("says by default that the service is back soon, with status 503", async () => {
    const { status, headers, body } = await ask("plain", { headers: { Accept: BROWSER } });
    expect(status).toBe(503);
    expect(body.toString()).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(body.toString()).toContain("<h1>We’ll be right back</h1>");
    expect(headers.filter(([name]) => name !== "Date").sort()).toEqual([
      ["Cache-Control", "no-store"],
      ["Connection", "close"],
      ["Content-Length", String(body.length)],
      ["Content-Type", "text/html; charset=utf-8"],
      ["Retry-After", "30"],
      ["Server", "nginx"],
      ["Vary", "Accept"],
    ]);
  });

  it.each([
    ["fine", 200],
    ["missing", 404],
  ])("that is %s has status %i, and asks nobody to come back later", async (service, expected) => {
    const answer = await ask(service, { path: "/basket" });
    expect(answer.status).toBe(expected);
    expect(values(answer, "retry-after")).toEqual([]);
    expect(values(answer, "cache-control")).toEqual(["no-store"]);
    expect(answer.body.toString()).toContain("<h1>We’ll be right back</h1>");
  });

  it("shows a title and a message, and is in their language", async () => {
    const html = (await ask("moving")).body.toString();
    expect(html).toContain('<html lang="fr">');
    expect(html).toContain("<h1>On déménage &lt;b&gt;</h1>");
    expect(html).toContain("<p>Retour à midi.\nMerci !</p>");
    expect(html).toContain(">Réessayer</a>");
  });

  it("of one's own is served byte for byte, with one's own headers", async () => {
    const answer = await ask("own");
    expect(answer.status).toBe(503);
    expect(answer.body.toString()).toBe(HTML);
    expect(values(answer, "retry-after")).toEqual(["600"]);
    expect(values(answer, "x-support")).toEqual(['say "$host"; then \\ wait']);
    expect(values(answer, "content-security-policy")).toEqual([
      "default-src 'none'; style-src 'unsafe-inline'",
    ]);
  });

  it("comes from a ConfigMap of the Service's namespace, with its media type", async () => {
    const answer = await ask("stored");
    expect(answer.body.toString()).toBe(STORED);
    expect(values(answer, "content-type")).toEqual(["text/plain"]);
  });

  it("in JSON is what every client gets", async () => {
    for (const Accept of [BROWSER, "application/json", "*/*"]) {
      const answer = await ask("api", { headers: { Accept } });
      expect(answer.body.toString()).toBe('{"closed":true}');
      expect(values(answer, "content-type")).toEqual(["application/json"]);
    }
  });

  it("gives way to problem details for a client that prefers JSON", async () => {
    const answer = await ask("moving", { headers: { Accept: "application/json" } });
    expect(answer.status).toBe(503);
    expect(values(answer, "content-type")).toEqual(["application/problem+json"]);
    expect(values(answer, "retry-after")).toEqual(["30"]);
    expect(JSON.parse(answer.body.toString())).toEqual({
      ...{ type: "about:blank", status: 503 },
      ...{ title: "On déménage <b>", detail: "Retour à midi.\nMerci !" },
    });
  });

  it.each(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])(
    "answers %s on every path",
    async method => {
      for (const path of ["/", "/basket/items.json?page=2", "/.git/config", "/%C3%A9//"]) {
        const answer = await ask("own", { method, path });
        expect([path, answer.status, answer.body.toString()]).toEqual([path, 503, HTML]);
      }
    },
  );

  it("answers HEAD with the same headers and no body", async () => {
    const answer = await ask("own", { method: "HEAD" });
    expect(answer.status).toBe(503);
    expect(values(answer, "content-length")).toEqual([String(Buffer.byteLength(HTML))]);
    expect(answer.body).toHaveLength(0);
  });

  it.each(["POST", "PUT"])("answers a large upload by %s", async method => {
    const body = Buffer.alloc(8 * 1024 * 1024, "x");
    for (const headers of [{ "Content-Length": body.length }, { "Transfer-Encoding": "chunked" }]) {
      const answer = await ask("own", { method, headers, body });
      expect([answer.status, answer.body.toString()]).toEqual([503, HTML]);
    }
  });

  it("answers a request with large headers", async () => {
    const answer = await ask("own", { headers: { Cookie: "c".repeat(30_000) } });
    expect(answer.status).toBe(503);
  });

  it("answers its probe's path with 200", async () => {
    const answer = await ask("own", { path: READY_PATH });
    expect([answer.status, answer.body.toString()]).toEqual([200, "ready\n"]);
    expect(values(answer, "cache-control")).toEqual(["no-store"]);
  });

  it("needs nothing in the namespace but its Pod", async () => {
    const names = await stage.kubectl("get", "pods,configmaps,secrets,services", "-o", "name");
    const services = Object.keys(pages);
    const expected = [
      ...["configmap/kube-root-ca.crt", "configmap/page"],
      ...services.flatMap(name => [`pod/service-watcher-${name}`, `service/${name}`]),
    ];
    expect(names.trim().split("\n").sort()).toEqual(expected.sort());
  });
});

describe("what a fallback Pod runs, changed while it stands in", () => {
  let client: Poller;

  beforeAll(async () => {
    stage = await Stage.create();
    await stage.service();
    await stage.critical({ page: { html: "first" } });
    client = await stage.poll();
    await answers(client, "first");
  });
  afterAll(() => stage.close());

  it("is replaced by a new page without one failed request", async () => {
    await handover("first", "second", () => stage.critical({ page: { html: "second" } }));
  });

  it("is replaced by what the ConfigMap holds now without one failed request", async () => {
    await stage.apply(configMap("third"));
    const page = { configMap: { name: "page", key: "index.html" } };
    await handover("second", "third", () => stage.critical({ page }));
    await handover("third", "fourth", () => stage.apply(configMap("fourth")));
  });

  it("is replaced by a PodTemplate's Pod without one failed request", async () => {
    await stage.apply(fallbackTemplate(stage.namespace));
    const podTemplate = { namespace: stage.namespace, name: "critical-service-pod-template" };
    await handover("fourth", "fallback", () => stage.critical({ podTemplate }));
    await eventually(async () => {
      expect(await stage.pods()).toHaveLength(1);
    });
  });

  async function handover(from: string, to: string, change: () => Promise<unknown>) {
    await client.stop();
    client = await stage.poll();
    await answers(client, from);
    await change();
    await answers(client, to);
    await client.stop();
    expectHandover(client.samples, from, to);
  }
});

function configMap(html: string) {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "page" },
    data: { "index.html": html },
  };
}
