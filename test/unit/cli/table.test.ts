import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { age, table } from "../../../hack/cli/table";

const NOW = new Date("2026-11-26T12:00:00Z");

describe("age", () => {
  it.each([
    [undefined, "-"],
    ["not a time", "-"],
    ["2026-11-26T12:00:05Z", "0s"],
    ["2026-11-26T12:00:00Z", "0s"],
    ["2026-11-26T11:58:01Z", "119s"],
    ["2026-11-26T11:58:00Z", "2m"],
    ["2026-11-26T10:00:01Z", "119m"],
    ["2026-11-26T10:00:00Z", "2h"],
    ["2026-11-24T12:00:01Z", "47h"],
    ["2026-11-24T12:00:00Z", "2d"],
    ["2025-11-26T12:00:00Z", "365d"],
  ])("%s is %s", (since, expected) => {
    expect(age(since, NOW)).toBe(expected);
  });
});

describe("table", () => {
  it("makes columns as wide as their longest cell, and leaves no space at a line's end", () => {
    const rows = [
      [{ text: "a" }, { text: "bcdefg" }, { text: "" }],
      [{ text: "hijk" }, { text: "" }, { text: "x y" }],
    ];
    expect(table(["ONE", "B", "LAST"], rows)).toBe(
      "ONE    B        LAST\na      bcdefg\nhijk            x y\n",
    );
  });

  it("styles a cell with its padding, so that columns stay in line", () => {
    const row = [{ text: "a", style: (text: string) => `<${text}>` }, { text: "b" }];
    expect(table(["LONG", "X"], [row])).toBe("LONG   X\n<a   >   b\n");
  });

  it("shows what a terminal would obey", () => {
    expect(table(["X"], [[{ text: "a\u001b[2Jb\nc" }]])).toBe("X\na\\u{1b}[2Jb c\n");
  });

  it("begins each column at the same place in all lines", () => {
    const word = fc.stringMatching(/^[a-z]{1,12}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word, word), { minLength: 1 }), words => {
        const rows = words.map(row => row.map(text => ({ text })));
        const lines = table(["X", "Y", "Z"], rows).trimEnd().split("\n");
        const begins = lines.map(line => [...line.matchAll(/\S+/g)].map(({ index }) => index));
        expect(new Set(begins.map(String)).size).toBe(1);
      }),
    );
  });
});
