import { METRICS } from "../domain/metrics";
import type { Metrics } from "./metrics";

/** What runs, and what it takes. The library's own default metrics keep a timer of 10 ms running. */
export function addProcessMetrics(metrics: Metrics, version: string): void {
  const startSeconds = Date.now() / 1000 - process.uptime();
  metrics.gauge(METRICS.build, () => [[1, { version }]]);
  metrics.gauge(METRICS.startTime, () => [[startSeconds, {}]]);
  metrics.gauge(METRICS.memory, () => [[process.memoryUsage.rss(), {}]]);
  metrics.counterOf(METRICS.cpu, () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
}
