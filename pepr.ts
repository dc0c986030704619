// First: Pepr's logger reads LOG_LEVEL when it is imported.
import { config, isBuilding, isWatcher } from "./capabilities/environment";

import { PeprModule } from "pepr";
import { criticalServiceAdmission, criticalServices } from "./capabilities/critical-services";
import { endpointSlices } from "./capabilities/endpoint-slices";
import { fallbackPods } from "./capabilities/fallback-pods";
import { Informers } from "./capabilities/engine/informers";
import { serveMetrics } from "./capabilities/engine/metrics";
import { Operator } from "./capabilities/engine/operator";
import { addProcessMetrics } from "./capabilities/engine/process-metrics";
import { installCrd, learnAll } from "./capabilities/engine/startup";
import { own } from "./capabilities/own";
import { podTemplates, podTemplateWatch } from "./capabilities/pod-templates";
import { services } from "./capabilities/services";
import cfg from "./package.json";

const operator = new Operator(config);
const informers = new Informers({
  metrics: operator.metrics,
  onListed: () => {
    operator.allIsKnown();
  },
});

informers.add(services(operator));
informers.add(endpointSlices(operator));
informers.add(criticalServices(operator));
informers.add(fallbackPods(operator));
const templates = informers.add(podTemplates(operator));

const capabilities = [podTemplateWatch(templates), criticalServiceAdmission(), ...own(operator)];

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
  await learnAll(informers);
  informers.follow(config.relistSeconds * 1000);
  startModule();
}

if (isWatcher) {
  void startWatcher();
} else {
  startModule();
}
