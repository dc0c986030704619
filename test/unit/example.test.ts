import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { notificationOf } from "../../capabilities/example/notification";
import type { Phase } from "../../capabilities/hooks";

const ROOT = join(__dirname, "..", "..");
const EXAMPLE = join(ROOT, "capabilities", "example");

describe("the example's notification", () => {
  it.each<[Phase | undefined, Phase | undefined, string | undefined]>([
    ["Starting", "Active", "shop/web is on its fallback: it …"],
    ["Healthy", "Active", "shop/web is on its fallback: it …"],
    ["Releasing", "Active", undefined],
    ["Starting", "Blocked", "shop/web is down, without a fallback: it …"],
    [undefined, "Blocked", "shop/web is down, without a fallback: it …"],
    ["Active", "Healthy", "shop/web is well again: it …"],
    ["Blocked", "Healthy", "shop/web is well again: it …"],
    ["Starting", "Healthy", undefined],
    ["Active", undefined, undefined],
  ])("%s to %s: %s", (from, to, text) => {
    const service = { namespace: "shop", name: "web" };
    const about = { service, criticalServices: ["web"], at: new Date() };
    expect(notificationOf({ ...about, from, to, message: "…" })).toBe(text);
  });
});

it("docs/extending.md shows the example as it is", () => {
  const page = readFileSync(join(ROOT, "docs", "extending.md"), "utf8");
  const shown = [...page.matchAll(/```(?:ts|yaml)\n([\s\S]*?)```/g)].map(([, code]) => code ?? "");
  const files = readdirSync(EXAMPLE).map(name => readFileSync(join(EXAMPLE, name), "utf8"));
  expect(shown).toHaveLength(5);
  expect(shown.filter(code => !files.some(file => file.includes(code)))).toEqual([]);
});
