import { readFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import { describe, expect, it } from "vitest";
import { CRD_FILE, crdYaml } from "../../hack/crd";
import { MONITORING_FILE, README_FILE, withMetrics, withReference } from "../../hack/reference";

describe("what is generated is up to date; if not: npm run generate", () => {
  it("the CRD", () => {
    expect(readFileSync(CRD_FILE, "utf8")).toBe(crdYaml());
  });

  it.each([
    { what: "the README's reference", file: README_FILE, remade: withReference },
    { what: "the reference of the metrics", file: MONITORING_FILE, remade: withMetrics },
  ])("$what", async ({ file, remade }) => {
    const text = readFileSync(file, "utf8");
    const options = { ...(await resolveConfig(file)), filepath: file };
    expect(text).toBe(await format(remade(text), options));
  });
});
