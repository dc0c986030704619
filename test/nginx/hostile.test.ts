import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FILE } from "../../capabilities/domain/page/nginx";
import { pageFiles } from "../../capabilities/domain/page/pod";
import { pageSpec, type PageSpec } from "../../capabilities/domain/page/spec";
import { hostileAscii, hostilePage, hostileUnicode } from "../unit/page/hostile";
import { send, values, type Answer } from "../support/http-client";
import { configFaults, freePorts, Nginx, PageFolder, requireNginx } from "./server";

const folder = new PageFolder();

beforeAll(requireNginx);
afterAll(() => {
  folder.remove();
});

const TYPES = ["text/html", "text/plain", 'text/x$host+y; a="$b;}{#\'"', "a`^$/b"];

/** Pages that the schema accepts, with as much that is hostile as it lets through. */
const acceptedPage = fc
  .record({
    page: hostilePage,
    headerValues: fc.array(
      hostileAscii.filter(value => value !== ""),
      { minLength: 1, maxLength: 4 },
    ),
    contentType: fc.constantFrom(...TYPES),
  })
  .map(({ page, headerValues, contentType }) => {
    const headers = headerValues.map((value, index) => ({ name: `X-$host'${index}`, value }));
    return pageSpec.safeParse({ ...page, headers, ...(page.html && { contentType }) }).data;
  })
  .filter(page => page !== undefined);

it(
  "nginx accepts what any accepted page makes, and serves exactly that",
  { timeout: 60_000 },
  async () => {
    const [port = 0] = await freePorts(1);
    await fc.assert(
      fc.asyncProperty(acceptedPage, fc.constantFrom("/", "/x?$host"), async (page, path) => {
        const files = pageFiles({ spec: page, ports: [{ port }] }, folder.paths);
        folder.write(files);
        expect(configFaults(folder)).toBe("");
        const nginx = await Nginx.start(folder, port);
        try {
          expectPage(await send(port, { path }), page, files[FILE.page] ?? "");
          const Accept = "application/json";
          const json = await send(port, { path, method: "POST", headers: { Accept } });
          expect(json.status).toBe(page.statusCode);
          expect(json.body.toString()).toBe(files[FILE.problem]);
          expect(nginx.complaints).toBe("");
        } finally {
          await nginx.stop();
        }
      }),
      { numRuns: 200 },
    );
  },
);

function expectPage(answer: Answer, page: PageSpec, body: string): void {
  expect(answer.status).toBe(page.statusCode);
  expect(answer.body.equals(Buffer.from(page.html ?? body))).toBe(true);
  expect(values(answer, "content-type")).toEqual([page.contentType]);
  for (const { name, value } of page.headers ?? []) {
    expect(values(answer, name)).toEqual([value]);
  }
  const own = new Set(page.headers?.map(({ name }) => name));
  const others = answer.headers.map(([name]) => name).filter(name => !own.has(name));
  const expected = ["Cache-Control", "Connection", "Content-Length", "Content-Type", "Date"];
  const retry = [429, 503].includes(page.statusCode) ? ["Retry-After"] : [];
  expect(others.sort()).toEqual([...expected, ...retry, "Server", "Vary"]);
}

it("nginx serves any ConfigMap's content byte for byte", { timeout: 60_000 }, async () => {
  const [port = 0] = await freePorts(1);
  const spec = pageSpec.parse({ configMap: { name: "c", key: "k" } });
  const anyContent = hostileUnicode.filter(text => text !== "");
  folder.write(pageFiles({ spec, ports: [{ port }], content: "-" }, folder.paths));
  const nginx = await Nginx.start(folder, port);
  try {
    await fc.assert(
      fc.asyncProperty(anyContent, async content => {
        // The kubelet swaps files under the running server, which must serve the new ones.
        folder.write(pageFiles({ spec, ports: [{ port }], content }, folder.paths));
        const answer = await send(port);
        expect(answer.body.equals(Buffer.from(content))).toBe(true);
      }),
      { numRuns: 300 },
    );
  } finally {
    await nginx.stop();
  }
});
