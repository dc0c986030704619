import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { CRD_FILE, crdYaml } from "../../hack/crd";

it("the generated CRD is up to date; if not: npm run generate", () => {
  expect(readFileSync(CRD_FILE, "utf8")).toBe(crdYaml());
});
