import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { protects, readCriticalServiceSpec } from "../../capabilities/domain/critical-service";

const label = { key: "role", value: "frontend" };

describe("readCriticalServiceSpec", () => {
  it.each<[string, unknown, string]>([
    ["no spec", undefined, "spec.matchLabels is missing: list at least one label"],
    ["no matchLabels", { namespace: "shop" }, "spec.matchLabels is missing: list at least one"],
    ["an empty list", { matchLabels: [] }, "spec.matchLabels is empty: list at least one label"],
    ["no key", { matchLabels: [{ value: "x" }] }, "spec.matchLabels[0].key is missing: give"],
    [
      "an empty key",
      { matchLabels: [{ key: "", value: "x" }] },
      "spec.matchLabels[0].key is empty",
    ],
    ["no value", { matchLabels: [label, { key: "x" }] }, "spec.matchLabels[1].value is missing"],
    ["a bad key", { matchLabels: [{ key: "a b", value: "" }] }, "[0].key is not a valid label key"],
    ["a bad value", { matchLabels: [{ key: "a", value: "-" }] }, "[0].value is not a valid label"],
    [
      "a key twice",
      { matchLabels: [label, label] },
      "spec.matchLabels[1].key names the label role",
    ],
    ["a bad namespace", { matchLabels: [label], namespace: "A" }, "spec.namespace is not a valid"],
    [
      "a typo",
      { matchLabels: [label], nameSpace: "a" },
      "spec.nameSpace is no field of a Critical",
    ],
    ["a typo deeper", { matchLabels: [{ ...label, op: "In" }] }, "spec.matchLabels[0].op is no fi"],
  ])("refuses %s and names the field", (_, spec, problem) => {
    const { problems = [] } = readCriticalServiceSpec(spec);
    expect(problems.join("\n")).toContain(problem);
  });

  it("fills in the defaults", () => {
    expect(readCriticalServiceSpec({ matchLabels: [label] })).toEqual({
      spec: {
        matchLabels: [label],
        standby: "Cold",
        activateAfterSeconds: 0,
        releaseAfterSeconds: 0,
      },
    });
  });

  it("accepts what it has filled in itself", () => {
    const once = readCriticalServiceSpec({ matchLabels: [label], namespace: "shop" });
    expect(readCriticalServiceSpec(once.spec)).toEqual(once);
  });

  it("says yes or what is wrong, whatever it is given", () => {
    const anything = fc.oneof(
      fc.anything(),
      fc.record({ matchLabels: fc.anything(), namespace: fc.anything() }),
      fc.record({ matchLabels: fc.array(fc.record({ key: fc.string(), value: fc.string() })) }),
    );
    fc.assert(
      fc.property(anything, spec => {
        const { spec: read, problems } = readCriticalServiceSpec(spec);
        expect(read !== undefined || (problems.length > 0 && problems.every(isSentence))).toBe(
          true,
        );
      }),
    );
  });
});

function isSentence(problem: string): boolean {
  return /^spec(\.[\w-]+|\[.+\])* \S/.test(problem);
}

describe("protects", () => {
  const spec = { matchLabels: [label, { key: "tier", value: "" }] };

  it.each<[string, boolean, object, Record<string, string>]>([
    ["all labels", true, {}, { role: "frontend", tier: "", more: "yes" }],
    ["one label missing", false, {}, { role: "frontend" }],
    ["another value", false, {}, { role: "frontend", tier: "x" }],
    ["no labels", false, {}, {}],
    ["its namespace", true, { namespace: "shop" }, { role: "frontend", tier: "" }],
    ["another namespace", false, { namespace: "cart" }, { role: "frontend", tier: "" }],
    ["an empty namespace for all", true, { namespace: "" }, { role: "frontend", tier: "" }],
  ])("with %s: %s", (_, expected, change, labels) => {
    expect(protects({ ...spec, ...change }, "shop/web", labels)).toBe(expected);
  });

  it("is not fooled by names that every object has", () => {
    const constructor = {
      matchLabels: [{ key: "constructor", value: "x" }],
      standby: "Cold" as const,
    };
    expect(protects(constructor, "shop/web", {})).toBe(false);
  });

  it("means: the Service's labels contain the list", () => {
    const labels = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.constantFrom("1", "2"));
    fc.assert(
      fc.property(labels, labels, (wanted, carried) => {
        const matchLabels = Object.entries(wanted).map(([key, value]) => ({ key, value }));
        const merged = { ...carried, ...wanted };
        const contained = JSON.stringify(sorted(merged)) === JSON.stringify(sorted(carried));
        expect(protects({ matchLabels }, "n/s", carried)).toBe(contained);
      }),
    );
  });
});

function sorted(record: Record<string, string>): [string, string][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
