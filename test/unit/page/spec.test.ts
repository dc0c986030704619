import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { pageContent } from "../../../capabilities/domain/page/content";
import { DEFAULT_PAGE, pageSpec } from "../../../capabilities/domain/page/spec";
import { hostilePage } from "./hostile";

/** One line for each problem, which begins with the field. */
function problems(page: unknown): string {
  const { error } = pageSpec.safeParse(page);
  return (error?.issues ?? [])
    .map(({ path, message }) => `${path.join(".")} ${message}`)
    .join("\n");
}

const header = (name: string, value = "x") => ({ headers: [{ name, value }] });
const own = { html: "<p>" };

describe("pageSpec", () => {
  it("has defaults", () => {
    expect(DEFAULT_PAGE).toEqual({
      statusCode: 503,
      lang: "en",
      retryAfterSeconds: 30,
      contentType: "text/html; charset=utf-8",
    });
    expect(pageSpec.parse(DEFAULT_PAGE)).toEqual(DEFAULT_PAGE);
  });

  it.each<[string, object]>([
    ["status 200", { statusCode: 200 }],
    ["status 400", { statusCode: 400 }],
    ["status 599", { statusCode: 599 }],
    ["the longest title", { title: "t".repeat(120) }],
    ["the longest message", { message: "m\n".repeat(1000) }],
    ["a quick return", { retryAfterSeconds: 0 }],
    ["the largest page", { html: "é".repeat(32 * 1024) }],
    ["line ends, tabs and emoji", { html: "\t<p>\r\n\u{1F527}" }],
    ["a ConfigMap", { configMap: { name: "pages.v1", key: "index_1.html" } }],
    ["a JSON type", { html: "{}", contentType: "application/problem+json" }],
    ["parameters", { ...own, contentType: 'text/html;charset=utf-8; a="b; c"' }],
    ["a header with all that is printable", header("X-A", '"$host" \\ ; } # ~')],
    ["any header name that HTTP allows", header("!#$%&'*+.^_`|~09")],
    ["the longest value", header("X-A", "v".repeat(1024))],
  ])("accepts %s", (_, page) => {
    expect(problems(page)).toBe("");
  });

  it.each<[string, object, string]>([
    ["status 199", { statusCode: 199 }, "statusCode is not a status of a fallback: use 200, or"],
    ["status 204", { statusCode: 204 }, "statusCode is not a status of a fallback"],
    ["status 302", { statusCode: 302 }, "statusCode is not a status of a fallback"],
    ["status 600", { statusCode: 600 }, "statusCode is not a status of a fallback"],
    ["a broken status", { statusCode: 503.5 }, "statusCode is not a status of a fallback"],
    ["a status in words", { statusCode: "503" }, "statusCode is not a status of a fallback"],
    ["an empty title", { title: "" }, "title is empty: give a text, or remove"],
    ["a long title", { title: "t".repeat(121) }, "title is too long: use at most 120 characters"],
    ["NUL in a title", { title: "a\0" }, "title holds the control character U+0000: remove it"],
    ["half a character", { title: "\ud83d" }, "title is not valid Unicode"],
    ["a long message", { message: "m".repeat(2001) }, "message is too long: use at most 2000"],
    ["escape in a message", { message: "\u001b[1m" }, "message holds the control character U+001B"],
    ["a language unknown", { lang: "tlh" }, "lang is not a language of the default page: use one"],
    ["no HTML", { html: "" }, "html is empty: give the page's content"],
    ["too many bytes", { html: "é".repeat(32 * 1024 + 1) }, "html holds 65538 bytes in UTF-8"],
    ["too much HTML", { html: "h".repeat(65537) }, "html is too long: make it at most 65536"],
    ["NUL in HTML", { html: "\0" }, "html holds the control character U+0000"],
    ["two contents", { ...own, configMap: { name: "a", key: "b" } }, "has both html and configMap"],
    ["no key", { configMap: { name: "a" } }, "configMap.key is missing: give the key"],
    ["no name", { configMap: { key: "a" } }, "configMap.name is missing: give the name"],
    ["a bad name", { configMap: { name: "A", key: "b" } }, "configMap.name is not the name of"],
    ["a bad key", { configMap: { name: "a", key: "b/c" } }, "configMap.key is not the key of"],
    ["another namespace", { configMap: { name: "a", key: "b", namespace: "c" } }, "Unrecognized"],
    ["time back", { retryAfterSeconds: -1 }, "retryAfterSeconds is not a number of seconds"],
    ["half a second", { retryAfterSeconds: 0.5 }, "retryAfterSeconds is not a number of seconds"],
    ["ages", { retryAfterSeconds: 31_536_001 }, "retryAfterSeconds is not a number of seconds"],
    ["a type of nothing", { contentType: "text/plain" }, "contentType is of use with html or conf"],
    ["no type", { ...own, contentType: "html" }, "contentType is not a media type: use one such"],
    ["a type that breaks out", { ...own, contentType: 'a/b"; x' }, "contentType is not a media"],
    ["a line in a type", { ...own, contentType: "a/b\n" }, "contentType is not a media type"],
    ["a space in a name", header("X A"), "headers.0.name is not a valid header name"],
    ["a colon in a name", header("X:"), "headers.0.name is not a valid header name"],
    ["a line in a name", header("X\n"), "headers.0.name is not a valid header name"],
    ["no header name", header(""), "headers.0.name is empty: give the header's name"],
    ["a long name", header("X".repeat(65)), "headers.0.name is too long: use at most 64"],
    ["no header value", header("X", ""), "headers.0.value is empty: give the header's value"],
    ["a line in a value", header("X", "a\r\nB: c"), "headers.0.value is not a valid header value"],
    ["a last line end", header("X", "a\n"), "headers.0.value is not a valid header value"],
    ["a tab", header("X", "a\tb"), "headers.0.value is not a valid header value"],
    ["a space at the end", header("X", "a "), "headers.0.value is not a valid header value"],
    ["é in a value", header("X", "é"), "headers.0.value is not a valid header value"],
    [
      "a long value",
      header("X", "v".repeat(1025)),
      "headers.0.value is too long: use at most 1024",
    ],
    ["a header without value", { headers: [{ name: "X" }] }, "headers.0.value is not a text: give"],
    [
      "a header twice",
      { headers: [...header("X-A").headers, ...header("x-a").headers] },
      "headers.1.name names the header x-a again: list each header once",
    ],
    [
      "17 headers",
      { headers: Array.from({ length: 17 }, (_, index) => ({ name: `X-${index}`, value: "x" })) },
      "headers are too many: list at most 16",
    ],
    [
      "headers that are too large together",
      { headers: [1, 2, 3].map(index => ({ name: `X-${index}`, value: "v".repeat(1024) })) },
      "headers take 3093 bytes together: make them at most 3072",
    ],
  ])("refuses %s and names the field", (_, page, problem) => {
    expect(problems(page)).toContain(problem);
  });

  it.each([
    ["Content-Length", "is counted by the server"],
    ["Transfer-Encoding", "belongs to the connection"],
    ["Connection", "belongs to the connection"],
    ["Keep-Alive", "belongs to the connection"],
    ["Upgrade", "belongs to the connection"],
    ["Date", "is set by the server"],
    ["Server", "is set by the server"],
    ["Content-Type", "is set by the field contentType"],
    ["Content-Encoding", "would be wrong"],
    ["Retry-After", "is set by the field retryAfterSeconds"],
    ["Cache-Control", "is always no-store"],
    ["Last-Modified", "the page is never stored"],
    ["ETag", "the page is never stored"],
  ])("refuses the header %s, in any case, and says why", (name, reason) => {
    for (const spelled of [name, name.toLowerCase(), name.toUpperCase()]) {
      expect(problems(header(spelled))).toContain(`headers.0.name is ${spelled}, which`);
      expect(problems(header(spelled))).toContain(reason);
    }
  });

  it("refuses what is hostile by the field's name, or builds it", () => {
    const outcomes = { refused: 0, built: 0 };
    fc.assert(
      fc.property(hostilePage, page => {
        const { data, error } = pageSpec.safeParse(page);
        if (data) {
          outcomes.built++;
          expect(pageContent(data).page).not.toBe("");
        } else {
          outcomes.refused++;
          const given = Object.keys(page);
          expect(error.issues.every(({ path }) => given.includes(String(path[0])))).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
    // Both happen, or the property says little.
    expect(Math.min(outcomes.refused, outcomes.built)).toBeGreaterThan(20);
  });

  it("makes a JSON schema for the CRD", () => {
    const schema = z.toJSONSchema(pageSpec, { io: "input", target: "openapi-3.0" });
    const { properties = {} } = schema;
    expect(schema.required).toBeUndefined();
    expect(properties.statusCode).toMatchObject({ type: "integer", minimum: 200, maximum: 599 });
    expect(properties.headers).toMatchObject({
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name"],
      items: { required: ["name", "value"] },
    });
    expect(schema["x-kubernetes-validations"]).toHaveLength(1);
    for (const [name, property] of Object.entries(properties)) {
      expect([name, typeof property === "object" && property.description]).not.toContain(undefined);
    }
    // The API server's regular expressions know no look-around.
    expect(JSON.stringify(schema)).not.toContain("(?");
  });
});
