import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { MODULE_NAME, MODULE_NAMESPACE, type Manifest } from "../module";
import { dashboardJson } from "./dashboard";

export const ALERTS_FILE = join(__dirname, "alerts.yaml");

const WATCHER = `${MODULE_NAME}-watcher`;

/**
 * What a cluster with the Prometheus Operator and Grafana's sidecar for dashboards picks up.
 *
 * @see https://prometheus-operator.dev/docs/api-reference/api/
 * @see https://github.com/grafana/helm-charts/blob/main/charts/grafana/README.md#sidecar-for-dashboards
 */
export function monitoringManifests(): Manifest[] {
  return [serviceMonitor(), prometheusRule(), dashboardConfigMap()];
}

function serviceMonitor(): Manifest {
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "ServiceMonitor",
    ...metadata(WATCHER),
    spec: {
      // Pepr labels the watcher of each module alike, so all of them are found by this…
      selector: { matchLabels: { "pepr.dev/controller": "watcher" } },
      namespaceSelector: { matchNames: [MODULE_NAMESPACE] },
      endpoints: [
        {
          targetPort: 3000,
          scheme: "https",
          // Pepr makes a certificate for the webhooks' name.
          tlsConfig: { insecureSkipVerify: true },
          // The labels `namespace` and `service` are those of the Service that is told of.
          honorLabels: true,
          // …and only ours is scraped.
          relabelings: [
            { sourceLabels: ["__meta_kubernetes_service_name"], regex: WATCHER, action: "keep" },
          ],
        },
      ],
    },
  };
}

function prometheusRule(): Manifest {
  const spec = parse(readFileSync(ALERTS_FILE, "utf8")) as object;
  const apiVersion = "monitoring.coreos.com/v1";
  return { apiVersion, kind: "PrometheusRule", ...metadata(WATCHER), spec };
}

function dashboardConfigMap(): Manifest {
  const labels = { grafana_dashboard: "1" };
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    ...metadata(`${MODULE_NAME}-dashboard`, labels),
    data: { "critical-services.json": dashboardJson() },
  };
}

function metadata(name: string, labels: Record<string, string> = {}) {
  const own = { "app.kubernetes.io/name": MODULE_NAME };
  return { metadata: { name, namespace: MODULE_NAMESPACE, labels: { ...own, ...labels } } };
}
