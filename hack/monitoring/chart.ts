import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { Manifest } from "../module";

/** What the chart's values say of monitoring: `labels` are for Prometheus to select its objects by. */
const VALUES = { enabled: false, labels: {} };
const SCHEMA = {
  type: "object",
  additionalProperties: false,
  properties: {
    enabled: { type: "boolean" },
    labels: { type: "object", additionalProperties: { type: "string" } },
  },
};

/** Puts the manifests into a chart, for those who set `monitoring.enabled`. */
export function addToChart(chart: string, manifests: readonly Manifest[]): void {
  writeFileSync(join(chart, "templates", "monitoring.yaml"), template(manifests));

  const valuesFile = join(chart, "values.yaml");
  const values = parse(readFileSync(valuesFile, "utf8")) as object;
  writeFileSync(valuesFile, stringify({ ...values, monitoring: VALUES }, { lineWidth: 0 }));

  const schemaFile = join(chart, "values.schema.json");
  const schema = JSON.parse(readFileSync(schemaFile, "utf8")) as {
    definitions: { Values: { properties: Record<string, object> } };
  };
  schema.definitions.Values.properties.monitoring = SCHEMA;
  writeFileSync(schemaFile, JSON.stringify(schema, null, 2));
}

/** The manifests as a template; what looks like one in them, such as an alert's labels, stays. */
function template(manifests: readonly Manifest[]): string {
  const documents = manifests.map(manifest =>
    stringify(manifest, { lineWidth: 0 })
      .replaceAll("{{", '{{ "{{" }}')
      .replace(/^ {2}labels:\n/m, `$&${LABELS}`),
  );
  return `{{- if .Values.monitoring.enabled }}\n${documents.join("---\n")}{{- end }}\n`;
}

const LABELS = `    {{- with .Values.monitoring.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
`;
