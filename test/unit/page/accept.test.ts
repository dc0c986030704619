import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { acceptRules, prefersJson as decided } from "../../../capabilities/domain/page/accept";

function prefersJson(accept: string, contentType = "text/html; charset=utf-8"): boolean {
  return decided(contentType, accept);
}

const CHROME =
  "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7";
const FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

describe("acceptRules", () => {
  it.each([
    ["application/json"],
    ["APPLICATION/JSON"],
    ["application/problem+json"],
    ["application/vnd.api+json; profile=x"],
    ["application/json; charset=utf-8"],
    ["application/json, text/plain, */*"],
    ["application/json, text/javascript, */*; q=0.01"],
    ["application/json,text/html"],
    ["application/json;q=0.9, text/html;q=0.9"],
    ["text/html;q=0.9, application/json"],
    ["text/html;level=1;q=0.9, application/json;v=1"],
    ["text/html;q=0, application/json;q=0.1"],
    ["*/*, application/json"],
    ["text/html-sandboxed, application/json"],
    ["application/json;q=0.5"],
    ["application/json;q=1.0"],
  ])("prefers JSON: %s", accept => {
    expect(prefersJson(accept)).toBe(true);
  });

  it.each([
    [CHROME],
    [FIREFOX],
    [`${CHROME},application/json`],
    ["*/*"],
    [""],
    ["application/*"],
    ["text/html"],
    ["text/html, application/json"],
    ["application/json;q=0.9, text/html"],
    ["application/json;q=0.9, application/xhtml+xml"],
    ["text/html;q=0.9, application/json;q=0.9"],
    ["application/json;q=0"],
    ["application/json; q=0.000"],
    ["application/json-seq"],
    ["application/jsonx"],
    ["text/json"],
    ["x-application/json"],
    ["image/png, text/plain"],
  ])("prefers the page: %s", accept => {
    expect(prefersJson(accept)).toBe(false);
  });

  it("counts the page's own type like HTML", () => {
    const both = "text/plain, application/json";
    expect(prefersJson(both)).toBe(true);
    expect(prefersJson(both, "text/plain; charset=utf-8")).toBe(false);
    expect(prefersJson("text/xplain, application/json", "text/.plain")).toBe(true);
  });

  it.each(["application/json", "application/ld+json; charset=utf-8", "Application/JSON"])(
    "has no rules for a page of the type %s",
    contentType => {
      expect(acceptRules(contentType)).toBeUndefined();
    },
  );

  it("agrees with a plain reading of the rule", () => {
    const weight = fc.constantFrom("", ";q=1", "; q=0.5", ";v=1;q=0.2", ";q=0", ";q=0.0");
    const type = fc.constantFrom("text/html", "application/json", "*/*", "image/png", "a/b+json");
    fc.assert(
      fc.property(fc.array(fc.tuple(type, weight), { maxLength: 5 }), list => {
        const accept = list.map(([name, parameters]) => name + parameters).join(", ");
        expect(prefersJson(accept)).toBe(reading(list));
      }),
      { numRuns: 1000 },
    );
  });

  it("takes no long time for any header", () => {
    for (const piece of [",", ";", " ", "text/html;", "application/json;q=0,", ", application/"]) {
      const started = performance.now();
      prefersJson(piece.repeat(32_000 / piece.length));
      expect(performance.now() - started).toBeLessThan(1000);
    }
  });
});

function reading(list: [string, string][]): boolean {
  const named = list
    .filter(([name]) => ["text/html", "application/json"].includes(name))
    .map(([name, parameters]) => ({ json: name === "application/json", rank: rankOf(parameters) }))
    .filter(({ rank }) => rank > 0);
  const best = Math.max(...named.map(({ rank }) => rank));
  return named.find(({ rank }) => rank === best)?.json ?? false;
}

/** 2 for full weight, 1 for less, 0 for none. */
function rankOf(parameters: string): number {
  const q = Number(/q=(.*)$/.exec(parameters)?.[1] ?? 1);
  return q >= 1 ? 2 : Math.ceil(q);
}
