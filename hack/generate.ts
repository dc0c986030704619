import { readFileSync, writeFileSync } from "node:fs";
import { CRD_FILE, crdYaml } from "./crd";
import { reference, REFERENCE_FILE } from "./reference";
import { MONITORING_FILE, withMetrics } from "./reference/metrics";

/** `npm run generate`: writes what is made from the code. */
writeFileSync(CRD_FILE, crdYaml());
writeFileSync(REFERENCE_FILE, reference());
writeFileSync(MONITORING_FILE, withMetrics(readFileSync(MONITORING_FILE, "utf8")));
