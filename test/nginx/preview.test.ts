import { afterAll, beforeAll, expect, it } from "vitest";
import { pageFiles } from "../../capabilities/domain/page/pod";
import { pageSpec } from "../../capabilities/domain/page/spec";
import { servePage } from "../../hack/cli/page-server";
import { send, type Answer } from "../support/http-client";
import { freePorts, Nginx, PageFolder, requireNginx } from "./server";

const folder = new PageFolder();

beforeAll(requireNginx);
afterAll(() => {
  folder.remove();
});

const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const ACCEPTS = [undefined, BROWSER, "application/json", "text/html;q=0.5, application/json", ""];
const METHODS = ["GET", "POST", "HEAD"];

it.each<[string, object, string?]>([
  ["the default page", {}],
  ["another language", { lang: "de" }],
  ["texts of its own", { title: "Moving <soon>", message: "Back at noon.\nReally." }],
  ["a status that has no Retry-After", { statusCode: 404 }],
  ["a status that has one", { statusCode: 429, retryAfterSeconds: 7 }],
  ["status 200", { statusCode: 200 }],
  ["headers of its own", { headers: [{ name: "X-Support", value: 'a "b" $c; d' }] }],
  ["HTML of its own", { html: "<h1>Ünder construction</h1>" }],
  ["a type of its own", { html: "soon", contentType: "text/plain" }],
  ["JSON of its own", { html: "{}", contentType: "application/json" }],
  ["the content of a ConfigMap", { configMap: { name: "page", key: "index.html" } }, "<p>hi</p>"],
  ["a ConfigMap that is missing", { configMap: { name: "page", key: "index.html" } }],
])("the preview answers as nginx does: %s", async (_, given, content) => {
  const spec = pageSpec.parse(given);
  const [port = 0] = await freePorts(1);
  folder.write(pageFiles({ spec, ports: [{ port }], content }, folder.paths));
  const nginx = await Nginx.start(folder, port);
  const preview = await servePage(spec, content, 0);
  try {
    const previewPort = Number(new URL(preview.url).port);
    for (const method of METHODS) {
      for (const accept of ACCEPTS) {
        const query = { method, headers: accept === undefined ? {} : { Accept: accept } };
        const [wanted, shown] = [await send(port, query), await send(previewPort, query)];
        expect(comparable(shown)).toEqual(comparable(wanted));
      }
    }
  } finally {
    await Promise.all([nginx.stop(), preview.close()]);
  }
});

/** Without what only tells who answers and when. */
function comparable({ status, headers, body }: Answer) {
  const told = headers.filter(([name]) => !["Server", "Date"].includes(name));
  return { status, headers: told.sort(), body: body.toString() };
}
