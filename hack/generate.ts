import { readFileSync, writeFileSync } from "node:fs";
import { CRD_FILE, crdYaml } from "./crd";
import { README_FILE, withReference } from "./reference";

/** `npm run generate`: writes what is made from the zod schema. */
writeFileSync(CRD_FILE, crdYaml());
writeFileSync(README_FILE, withReference(readFileSync(README_FILE, "utf8")));
