import { join } from "node:path";
import { METRICS, type MetricDefinition } from "../../capabilities/domain/metrics";
import { code, table } from "./table";

export const MONITORING_FILE = join(__dirname, "..", "..", "docs", "monitoring.md");

/** The page about monitoring with its reference of the metrics made anew from their definitions. */
export function withMetrics(page: string): string {
  const rows = Object.values<MetricDefinition>(METRICS).map(({ name, type, labels, help }) => [
    code(name),
    type,
    labels.map(code).join(", "),
    help,
  ]);
  const metrics = table(["metric", "type", "labels", "meaning"], rows);
  const marked = /(<!-- reference:.*-->\n)[\s\S]*(<!-- \/reference -->)/;
  return page.replace(marked, (_, begin: string, end: string) => `${begin}\n${metrics}\n\n${end}`);
}
