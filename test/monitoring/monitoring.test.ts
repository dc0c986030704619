import { join } from "node:path";
import { metricsCollector } from "pepr";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../capabilities/domain/config";
import { serveMetrics } from "../../capabilities/engine/metrics";
import { addProcessMetrics } from "../../capabilities/engine/process-metrics";
import { RelistingOperator } from "../../capabilities/engine/relisting-operator";
import { promtool } from "./promtool";

const ALERTS = join(__dirname, "..", "..", "hack", "monitoring", "alerts.yaml");

describe("promtool", () => {
  it("accepts the metrics; what it finds fault with is Pepr's own", async () => {
    const operator = new RelistingOperator(readConfig({}));
    addProcessMetrics(operator.metrics, "1.2.3");
    serveMetrics(operator.metrics);
    const { output } = await promtool(["check", "metrics"], await metricsCollector.getMetrics());
    // It looks at all of them: Pepr's counters have no `_total`.
    expect(output).toContain("pepr_errors counter metrics should have");
    expect(output.split("\n").filter(line => !/^(pepr_|$)/.test(line))).toEqual([]);
  });

  it("accepts the alerts", async () => {
    const { status, output } = await promtool(["check", "rules", "--lint-fatal", ALERTS]);
    expect({ status, output }).toMatchObject({ status: 0 });
  });

  it("sees each alert fire when it is to, and not when it is not", async () => {
    const { status, output } = await promtool(["test", "rules", join(__dirname, "alerts.yaml")]);
    expect({ status, output }).toMatchObject({ status: 0 });
  });
});
