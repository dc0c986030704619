import { writeFileSync } from "node:fs";
import { CRD_FILE, crdYaml } from "./crd";

/** `npm run generate`: writes the files that are made from the zod schema. */
writeFileSync(CRD_FILE, crdYaml());
