import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { metricsCollector } from "pepr";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { readConfig } from "../../capabilities/domain/config";
import { METRICS } from "../../capabilities/domain/metrics";
import { serveMetrics } from "../../capabilities/engine/metrics";
import { addProcessMetrics } from "../../capabilities/engine/process-metrics";
import { services } from "../../capabilities/services";
import { Informers } from "../../capabilities/engine/informers";
import { Operator } from "../../capabilities/engine/operator";
import { ALERTS_FILE } from "../../hack/monitoring/manifests";
import { concrete, ROWS } from "../../hack/monitoring/panels";
import { MONITORING_FILE } from "../../hack/reference/metrics";
import { promtool } from "./promtool";

const alerts = (
  parse(readFileSync(ALERTS_FILE, "utf8")) as {
    groups: { rules: { alert: string; expr: string }[] }[];
  }
).groups.flatMap(({ rules }) => rules);
const ALERTS_TEST = join(__dirname, "alerts.yaml");
/** Words of the query language that look like a metric. */
const PROMQL = ["histogram_quantile", "group_left"];

const panels = ROWS.flatMap(({ panels }) => panels);
const queries = panels.flatMap(({ queries }) => queries.map(({ expr }) => concrete(expr, 3600)));

describe("promtool", () => {
  it("accepts the metrics; what it finds fault with is Pepr's own", async () => {
    const operator = new Operator(readConfig({}));
    const informers = new Informers({ metrics: operator.metrics, onListed: () => undefined });
    informers.add(services(operator));
    addProcessMetrics(operator.metrics, "1.2.3");
    serveMetrics(operator.metrics);
    const { output } = await promtool(["check", "metrics"], await metricsCollector.getMetrics());
    // It looks at all of them: Pepr's counters have no `_total`.
    expect(output).toContain("pepr_errors counter metrics should have");
    expect(output.split("\n").filter(line => !/^(pepr_|$)/.test(line))).toEqual([]);
  });

  it("accepts the alerts", async () => {
    const { status, output } = await promtool(["check", "rules", "--lint-fatal", ALERTS_FILE]);
    expect({ status, output }).toMatchObject({ status: 0 });
  });

  it("accepts each query of the dashboard", async () => {
    const rules = queries.map((expr, index) => ({ record: `panel:${index}`, expr }));
    const file = join(mkdtempSync(join(tmpdir(), "monitoring-")), "queries.yaml");
    writeFileSync(file, stringify({ groups: [{ name: "dashboard", rules }] }));
    const { status, output } = await promtool(["check", "rules", file]);
    expect({ status, output }).toMatchObject({ status: 0 });
    expect(output).toContain(`${queries.length} rules found`);
  });

  it("sees each alert fire when it is to, and not when it is not", async () => {
    const { status, output } = await promtool(["test", "rules", ALERTS_TEST]);
    expect({ status, output }).toMatchObject({ status: 0 });
  });
});

describe("alerts and dashboard", () => {
  it("ask for metrics that the operator has", () => {
    const known = [...Object.values<{ name: string }>(METRICS).map(({ name }) => name), ...PROMQL];
    const asked = [...queries, ...alerts.map(({ expr }) => expr)].flatMap(expr =>
      [...expr.matchAll(/\b[a-z]+(?:_[a-z]+)+\b/g)].map(([name]) => name),
    );
    expect(asked.filter(name => !known.includes(name.replace(/_(bucket|count)$/, "")))).toEqual([]);
    expect(asked).toContain("critsvc_watch_age_seconds");
  });

  it("are tested and told of: each alert where it fires, where it does not, and what to do", () => {
    const docs = readFileSync(MONITORING_FILE, "utf8");
    const file = parse(readFileSync(ALERTS_TEST, "utf8")) as {
      tests: { alert_rule_test: { alertname: string; exp_alerts: object[] }[] }[];
    };
    const cases = file.tests.flatMap(test => test.alert_rule_test);
    for (const { alert } of alerts) {
      expect(docs).toContain(`\n### ${alert}\n`);
      const ends = cases.filter(({ alertname }) => alertname === alert);
      const fires = ends.map(({ exp_alerts }) => exp_alerts.length > 0);
      expect({ alert, ends: [...new Set(fires)].sort() }).toEqual({ alert, ends: [false, true] });
    }
  });
});
