import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { addToChart } from "./chart";
import { dashboardJson } from "./dashboard";
import { ALERTS_FILE, monitoringManifests } from "./manifests";

/** Last part of `npm run build`: alerts and dashboard, as files and in the chart. */
const DIST = join(__dirname, "..", "..", "dist");
const FILES = join(DIST, "monitoring");

mkdirSync(FILES, { recursive: true });
copyFileSync(ALERTS_FILE, join(FILES, "alerts.yaml"));
writeFileSync(join(FILES, "dashboard.json"), dashboardJson());
const manifests = monitoringManifests();
const documents = manifests.map(manifest => stringify(manifest, { lineWidth: 0 }));
writeFileSync(join(FILES, "prometheus-operator.yaml"), documents.join("---\n"));
for (const name of readdirSync(DIST).filter(name => name.endsWith("-chart"))) {
  addToChart(join(DIST, name), manifests);
}
