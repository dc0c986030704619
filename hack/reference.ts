import { join } from "node:path";
import { z } from "zod";
import { criticalServiceSpec } from "../capabilities/domain/critical-service";
import { METRICS, type MetricDefinition } from "../capabilities/domain/metrics";

export const README_FILE = join(__dirname, "..", "README.md");
export const MONITORING_FILE = join(__dirname, "..", "docs", "monitoring.md");

interface Schema {
  type?: string;
  description?: string;
  default?: unknown;
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
}

/** The README with its reference of CriticalService's fields made anew from the schema. */
export function withReference(readme: string): string {
  const schema = z.toJSONSchema(criticalServiceSpec, { io: "input" }) as Schema;
  return withTable(readme, ["field", "type", "meaning"], fields(schema, "spec"));
}

/** The page about monitoring with its reference of the metrics made anew from their definitions. */
export function withMetrics(page: string): string {
  const rows = Object.values<MetricDefinition>(METRICS).map(({ name, type, labels, help }) => [
    `\`${name}\``,
    type,
    labels.map(label => `\`${label}\``).join(", "),
    help,
  ]);
  return withTable(page, ["metric", "type", "labels", "meaning"], rows);
}

/** A text with a table between its marks for a reference. */
function withTable(text: string, head: readonly string[], rows: readonly string[][]): string {
  const table = [head, head.map(() => "---"), ...rows];
  const lines = table.map(cells => `| ${cells.join(" | ")} |`).join("\n");
  const marked = /(<!-- reference:.*-->\n)[\s\S]*(<!-- \/reference -->)/;
  return text.replace(marked, (_, begin: string, end: string) => `${begin}\n${lines}\n\n${end}`);
}

function fields({ properties = {}, required = [] }: Schema, path: string): string[][] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const place = `${path}.${name}`;
    const need = required.includes(name) ? "required" : "optional";
    const row = [`\`${place}\``, `${field.type ?? ""}, ${need}`, field.description ?? ""];
    return [
      row,
      ...fields(field, place),
      ...(field.items ? fields(field.items, `${place}[]`) : []),
    ];
  });
}
