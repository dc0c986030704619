import { describe, expect, it } from "vitest";
import { contentSource } from "../../capabilities/domain/content-source";
import type { Protector } from "../../capabilities/domain/situation";
import { DEFAULT_PAGE } from "../../capabilities/domain/page/spec";
import { aProtector } from "./build";

const podTemplate = { namespace: "shop", name: "db" };
const protector = (content: Partial<Protector["spec"]>) => aProtector("Cold", "any", content);

describe("contentSource", () => {
  it.each([
    ["nobody says", [protector({})], { kind: "default" }],
    ["nobody is there", [], { kind: "default" }],
    ["one has a page", [protector({ page: DEFAULT_PAGE })], { kind: "page", page: DEFAULT_PAGE }],
    ["one has a template", [protector({ podTemplate })], { kind: "podTemplate", ...podTemplate }],
    [
      "several say: the first does",
      [protector({}), protector({ podTemplate }), protector({ page: DEFAULT_PAGE })],
      { kind: "podTemplate", ...podTemplate },
    ],
  ])("if %s", (_, protectors, source) => {
    expect(contentSource(protectors)).toEqual(source);
  });
});
