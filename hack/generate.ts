import { readFileSync, writeFileSync } from "node:fs";
import { CRD_FILE, crdYaml } from "./crd";
import { MONITORING_FILE, README_FILE, withMetrics, withReference } from "./reference";

/** `npm run generate`: writes what is made from the zod schema and the table of metrics. */
writeFileSync(CRD_FILE, crdYaml());
writeFileSync(README_FILE, withReference(readFileSync(README_FILE, "utf8")));
writeFileSync(MONITORING_FILE, withMetrics(readFileSync(MONITORING_FILE, "utf8")));
