// First: Pepr's logger reads LOG_LEVEL when it is imported.
import { config, isBuilding, isWatcher } from "./capabilities/environment";

import { PeprModule } from "pepr";
import { criticalServices } from "./capabilities/critical-services";
import { followEndpointSlices } from "./capabilities/endpoint-slices";
import { fallbackPods } from "./capabilities/fallback-pods";
import { serveMetrics } from "./capabilities/engine/metrics";
import { addProcessMetrics } from "./capabilities/engine/process-metrics";
import { RelistingOperator } from "./capabilities/engine/relisting-operator";
import { own } from "./capabilities/own";
import { followServices } from "./capabilities/services";
import { confirmCriticalServices, installCrd } from "./capabilities/engine/startup";
import cfg from "./package.json";

const operator = new RelistingOperator(config);

const capabilities = [fallbackPods(operator), criticalServices(operator), ...own(operator)];

function startModule(): void {
  const peprModule = new PeprModule(cfg, capabilities, { deferStart: true });
  if (!isBuilding) {
    peprModule.start(config.port);
  }
}

async function startWatcher(): Promise<void> {
  addProcessMetrics(operator.metrics, cfg.version);
  serveMetrics(operator.metrics);
  await installCrd();
  startModule();
  followServices(operator);
  followEndpointSlices(operator);
  operator.relistEvery(config.relistSeconds * 1000);
  await confirmCriticalServices(operator);
}

if (isWatcher) {
  void startWatcher();
} else {
  startModule();
}
