import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readManifests } from "../../../hack/cli/manifests";

const dir = mkdtempSync(join(tmpdir(), "manifests-"));
const file = join(dir, "f.yaml");

afterAll(() => {
  rmSync(dir, { recursive: true });
});

const GOOD = `
apiVersion: mycrd.com/v1
kind: CriticalService
metadata: { name: web }
spec: { matchLabels: [{ key: app, value: web }] }
`;

function read(text: string) {
  writeFileSync(file, text);
  return readManifests(file);
}

describe("readManifests", () => {
  it("finds the CriticalServices among other objects, and in a List", () => {
    const other = "kind: Service\napiVersion: v1\n";
    const list = JSON.stringify({ kind: "List", items: [{ kind: "Pod" }, jsonOf("two")] });
    const { criticalServices } = read([other, GOOD, list, "", "# nothing\n"].join("\n---\n"));
    expect(criticalServices.map(({ name }) => name)).toEqual(["web", "two"]);
    expect(criticalServices[0]?.spec).toMatchObject({
      matchLabels: [{ key: "app", value: "web" }],
      standby: "Cold",
    });
  });

  it.each([
    ["no CriticalService", "kind: Service\n---\nkind: Pod\n", "it has Service, Pod"],
    ["an object without kind", "a: b\n", "it has an object without kind"],
    ["nothing", "", "it is empty"],
    ["a text", "hello\n", "it is empty"],
    ["no YAML", "a: [1\n", "is not YAML: "],
  ])("says what is in the file instead: %s", (_, text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  it("names a file that is not there", () => {
    expect(() => readManifests(join(dir, "none"))).toThrow(/none can't be read: ENOENT/);
  });

  it.each<[string, string, string[]]>([
    [
      "another version",
      GOOD.replace("v1", "v2"),
      ['apiVersion is "mycrd.com/v2": use mycrd.com/v1'],
    ],
    ["no version", GOOD.replace(/apiVersion.*/, ""), ["apiVersion is missing: use mycrd.com/v1"]],
    [
      "no name",
      GOOD.replace("name: web", ""),
      ["metadata.name is missing: give the CriticalService a name"],
    ],
    [
      "a bad field",
      GOOD.replace("matchLabels", "matchLabel"),
      [
        "spec.matchLabels is missing: list at least one label as {key, value}",
        "spec.matchLabel is no field of a CriticalService: remove it",
      ],
    ],
  ])("names the fault: %s", (_, text, problems) => {
    expect(read(text).criticalServices[0]?.problems).toEqual(problems);
  });

  it("knows the ConfigMaps of the file, each namespace's own", () => {
    const configMap = (namespace: string, value: string) =>
      JSON.stringify({
        kind: "ConfigMap",
        metadata: { name: "page", namespace },
        data: { "index.html": value },
      });
    const { configMapValue } = read(
      [GOOD, configMap("a", "1"), configMap("b", "2")].join("\n---\n"),
    );
    expect(configMapValue("b", "page", "index.html")).toBe("2");
    expect(configMapValue("c", "page", "index.html")).toBeUndefined();
    expect(configMapValue("a", "page", "other")).toBeUndefined();
    expect(configMapValue(undefined, "page", "index.html")).toBe("1");
  });
});

function jsonOf(name: string) {
  return {
    apiVersion: "mycrd.com/v1",
    kind: "CriticalService",
    metadata: { name },
    spec: { matchLabels: [{ key: "app", value: "web" }] },
  };
}
