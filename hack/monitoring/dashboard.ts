import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import { ReduceDataOptionsBuilder } from "@grafana/grafana-foundation-sdk/common";
import {
  DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
  type Panel as GrafanaPanel,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { METRICS } from "../../capabilities/domain/metrics";
import { ROWS, type Panel } from "./panels";

const DATASOURCE = { type: "prometheus", uid: "${datasource}" };
/** Of 24 columns, and in rows of 30 pixels. */
const SIZES = { number: { span: 4, height: 4 }, lines: { span: 12, height: 8 } };

/** The dashboard as Grafana imports it. Grafana's own library knows the schema. */
export function dashboardJson(): string {
  // The classic schema: the one that every Grafana of today can import and provision.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const dashboard = new DashboardBuilder("Critical Services")
    .uid("critical-services")
    .description("How the critical Services fare, and the operator that looks after them.")
    .tags(["kubernetes", "operator"])
    .readonly()
    .timezone("browser")
    .time({ from: "now-6h", to: "now" })
    .refresh("30s")
    .withVariable(
      new DatasourceVariableBuilder("datasource").label("Prometheus").type("prometheus"),
    )
    .withVariable(
      new QueryVariableBuilder("job")
        .label("Operator")
        .datasource(DATASOURCE)
        .query(`label_values(${METRICS.build.name}, job)`)
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .includeAll(true)
        .allValue(".+")
        .current({ text: "All", value: "$__all" }),
    );
  for (const { title, panels } of ROWS) {
    dashboard.withRow(new RowBuilder(title));
    for (const panel of panels) {
      dashboard.withPanel(builderOf(panel));
    }
  }
  return `${JSON.stringify(dashboard.build(), null, 2)}\n`;
}

function builderOf(panel: Panel): Builder<GrafanaPanel> {
  const builder =
    panel.kind === "number"
      ? new StatBuilder().reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
      : new TimeseriesBuilder().min(0);
  const { span, height } = SIZES[panel.kind];
  builder
    .title(panel.title)
    .description(panel.description)
    .datasource(DATASOURCE)
    .unit(panel.unit)
    .span(span)
    .height(height)
    .thresholds(thresholds(panel));
  for (const [index, { expr, legend }] of panel.queries.entries()) {
    const refId = String.fromCharCode("A".charCodeAt(0) + index);
    builder.withTarget(
      new DataqueryBuilder().refId(refId).datasource(DATASOURCE).expr(expr).legendFormat(legend),
    );
  }
  return builder;
}

function thresholds({ trouble }: Panel): ThresholdsConfigBuilder {
  const steps = [{ value: null, color: trouble ? "green" : "text" }];
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps(trouble ? [...steps, { value: trouble.from, color: trouble.color }] : steps);
}
