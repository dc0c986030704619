import { readFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import { describe, expect, it } from "vitest";
import { CRD_FILE, crdYaml } from "../../hack/crd";
import { README_FILE, withReference } from "../../hack/reference";

describe("what is generated is up to date; if not: npm run generate", () => {
  it("the CRD", () => {
    expect(readFileSync(CRD_FILE, "utf8")).toBe(crdYaml());
  });

  it("the README's reference", async () => {
    const readme = readFileSync(README_FILE, "utf8");
    const options = { ...(await resolveConfig(README_FILE)), filepath: README_FILE };
    expect(readme).toBe(await format(withReference(readme), options));
  });
});
