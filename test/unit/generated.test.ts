import { readFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import { describe, expect, it } from "vitest";
import { CRD_FILE, crdYaml } from "../../hack/crd";
import { reference, REFERENCE_FILE } from "../../hack/reference";
import { MONITORING_FILE, withMetrics } from "../../hack/reference/metrics";

describe("what is generated is up to date; if not: npm run generate", () => {
  it("the CRD", () => {
    expect(readFileSync(CRD_FILE, "utf8")).toBe(crdYaml());
  });

  it.each([
    { what: "the reference", file: REFERENCE_FILE, remade: reference },
    { what: "the reference of the metrics", file: MONITORING_FILE, remade: withMetrics },
  ])("$what", async ({ file, remade }) => {
    const text = readFileSync(file, "utf8");
    const options = { ...(await resolveConfig(file)), filepath: file };
    expect(text).toBe(await format(remade(text), options));
  });
});
