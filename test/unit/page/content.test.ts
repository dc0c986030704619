import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pageContent } from "../../../capabilities/domain/page/content";
import { escapeHtml } from "../../../capabilities/domain/page/html";
import { LANGUAGES, TEXTS } from "../../../capabilities/domain/page/language";
import { DARK, LIGHT } from "../../../capabilities/domain/page/palette";
import { pageSpec } from "../../../capabilities/domain/page/spec";
import { hostileText } from "./hostile";

const build = (page: object, content?: string) => pageContent(pageSpec.parse(page), content);

describe("the default page", () => {
  it.each(LANGUAGES)("speaks %s", lang => {
    const { page, problem } = build({ lang });
    const { title, message, retry } = TEXTS[lang];
    expect(page).toContain(`<html lang="${lang}">`);
    expect(page).toContain(`<title>${escapeHtml(title)}</title>`);
    expect(page).toContain(`<h1>${escapeHtml(title)}</h1>`);
    expect(page).toContain(`<p>${escapeHtml(message)}</p>`);
    expect(page).toContain(`>${escapeHtml(retry)}</a>`);
    expect(JSON.parse(problem)).toMatchObject({ detail: message });
  });

  it("has each text in each language, and none by copy", () => {
    for (const text of ["title", "message", "retry"] as const) {
      expect(new Set(LANGUAGES.map(lang => TEXTS[lang][text])).size).toBe(LANGUAGES.length);
    }
  });

  it("takes the author's texts, each on its own", () => {
    const { page } = build({ title: "Closed", lang: "fr" });
    expect(page).toContain("<h1>Closed</h1>");
    expect(page).toContain(`<p>${escapeHtml(TEXTS.fr.message)}</p>`);
    expect(build({ message: "Back at 6.\nSorry." }).page).toContain("<p>Back at 6.\nSorry.</p>");
  });

  it("loads nothing, runs nothing and asks not to be indexed", () => {
    const { page } = build({});
    expect(page).not.toMatch(/<script|https?:|url\(|@import|\ssrc=|\son\w+=/i);
    expect(page).toContain('<meta name="robots" content="noindex">');
    expect(page).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
    expect(page).toContain("prefers-color-scheme:dark");
    expect(page.match(/<h1>/g)).toHaveLength(1);
    expect(page.match(/<main>/g)).toHaveLength(1);
    expect(page).not.toMatch(/animation|transition/);
  });

  it("shows any text and is changed by none", () => {
    const skeleton = (page: string) => page.match(/<[^>]*>/g);
    const expected = skeleton(build({ title: "t", message: "m" }).page);
    const text = hostileText.filter(given => pageSpec.safeParse({ title: given }).success);
    fc.assert(
      fc.property(text, text, (title, message) => {
        const { page } = build({ title, message });
        expect(skeleton(page)).toEqual(expected);
        expect(unescapeHtml(/<h1>(.*)<\/h1>/s.exec(page)?.[1])).toBe(title);
        expect(unescapeHtml(/<title>(.*)<\/title>/s.exec(page)?.[1])).toBe(title);
        expect(unescapeHtml(/<p>(.*)<\/p>/s.exec(page)?.[1])).toBe(message);
      }),
      { numRuns: 500 },
    );
  });
});

function unescapeHtml(html: string | undefined): string | undefined {
  return html
    ?.replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}

describe.each([
  ["light", LIGHT],
  ["dark", DARK],
])("the %s colours", (_, palette) => {
  it.each([
    ["text", "card", 4.5],
    ["muted", "card", 4.5],
    ["onAccent", "accent", 4.5],
    // The icon and the focus ring: WCAG 2.2, 1.4.11.
    ["accent", "accentSoft", 3],
    ["accent", "card", 3],
  ] as const)("have %s on %s with enough contrast", (front, back, least) => {
    expect(contrast(palette[front], palette[back])).toBeGreaterThanOrEqual(least);
  });
});

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map(at => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map(value => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe("the author's content", () => {
  const configMap = { name: "pages", key: "index.html" };

  it("is html, as it is", () => {
    const html = "<p>$host &amp; \u{1F527}\r\n";
    expect(build({ html })).toMatchObject({ page: html, contentType: "text/html; charset=utf-8" });
  });

  it("is what the ConfigMap holds, with its type", () => {
    const { page, contentType } = build({ configMap, contentType: "text/plain" }, "closed");
    expect({ page, contentType }).toEqual({ page: "closed", contentType: "text/plain" });
  });

  it("is stood in for by the default page while the ConfigMap is not there", () => {
    const { page, contentType } = build({ configMap, contentType: "text/plain", lang: "de" });
    expect({ page, contentType }).toEqual({
      page: build({ lang: "de" }).page,
      contentType: "text/html; charset=utf-8",
    });
  });

  it("is not a ConfigMap's that the spec does not name", () => {
    expect(build({}, "stray").page).toBe(build({}).page);
  });
});

describe("the problem details", () => {
  it.each([
    [{}, "Service Unavailable", 503],
    [{ statusCode: 404 }, "Not Found", 404],
    [{ statusCode: 599 }, TEXTS.en.title, 599],
    [{ statusCode: 599, lang: "fr" }, TEXTS.fr.title, 599],
    [{ statusCode: 429, title: "Busy" }, "Busy", 429],
  ])("for %o", (page, title, status) => {
    const { problem } = build(page);
    expect(JSON.parse(problem)).toMatchObject({ type: "about:blank", title, status });
  });

  it("hold any text", () => {
    fc.assert(
      fc.property(hostileText, hostileText, (title, message) => {
        const { data } = pageSpec.safeParse({ title, message });
        fc.pre(data !== undefined);
        const { problem } = pageContent(data);
        expect(JSON.parse(problem)).toMatchObject({ title, detail: message });
      }),
    );
  });
});
