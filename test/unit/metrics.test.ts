import { beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../../capabilities/cluster/api";
import type { ServiceKey } from "../../capabilities/domain/kubernetes";
import { MAX_SERVICES_SHOWN, METRICS } from "../../capabilities/domain/metrics";
import type { Phase } from "../../capabilities/domain/service-state";
import { Metrics } from "../../capabilities/engine/metrics";
import { QueueMetrics } from "../../capabilities/engine/queue-metrics";
import { ServiceMetrics } from "../../capabilities/engine/service-metrics";
import { WatchMetrics, type WatchMeter } from "../../capabilities/engine/watch-metrics";
import { WorkQueue } from "../../capabilities/engine/work-queue";
import { Samples } from "../support/metrics";

let metrics: Metrics;

beforeEach(() => {
  vi.useFakeTimers();
  metrics = new Metrics();
});

describe("the metrics of Services", () => {
  const WEB = "shop/web" as ServiceKey;
  const shown = (key: string, phase: string) => {
    const [namespace, service] = key.split("/");
    return `critsvc_service_lame_seconds{namespace="${namespace}",service="${service}",phase="${phase}"}`;
  };
  let services: ServiceMetrics;

  beforeEach(() => {
    services = new ServiceMetrics(metrics);
  });

  it("count the time to the fallback from the loss, for each loss anew", async () => {
    const standby = "Cold";
    const change = (before: Phase, now: Phase, since = performance.now()) => {
      services.changed(WEB, { before, now, standby, since });
    };
    const lost = performance.now();
    vi.advanceTimersByTime(300);
    change("Healthy", "Starting", lost);
    vi.advanceTimersByTime(700);
    change("Starting", "Blocked");
    vi.advanceTimersByTime(1000);
    change("Blocked", "Active");
    await is({
      'critsvc_time_to_fallback_seconds_count{standby="Cold"}': 1,
      'critsvc_time_to_fallback_seconds_sum{standby="Cold"}': 2,
    });
    // The fallback is lost, too: the time that it answered does not count.
    vi.advanceTimersByTime(60_000);
    change("Active", "Starting");
    vi.advanceTimersByTime(1000);
    change("Starting", "Active");
    await is({
      'critsvc_time_to_fallback_seconds_count{standby="Cold"}': 2,
      'critsvc_time_to_fallback_seconds_sum{standby="Cold"}': 3,
      [shown(WEB, "Active")]: 63,
    });
  });

  it("know no time to the fallback that answered when the operator first looked", async () => {
    const since = performance.now();
    services.changed(WEB, { before: undefined, now: "Active", standby: "Cold", since });
    await is({
      'critsvc_services{phase="Active"}': 1,
      'critsvc_time_to_fallback_seconds_count{standby="Cold"}': 0,
    });
  });

  it("show a limited number of Services, those without an answer first, then the longest", async () => {
    const enter = (key: string, phase: Phase) => {
      const since = performance.now();
      services.changed(key, {
        ...{ before: undefined, standby: "Cold", since },
        now: phase,
      });
      vi.advanceTimersByTime(1000);
    };
    for (let index = 0; index < MAX_SERVICES_SHOWN; index++) {
      enter(`shop/active-${index}`, "Active");
    }
    enter("shop/starting", "Starting");
    enter("shop/blocked", "Blocked");
    const samples = new Samples(await metrics.text());
    const series = samples.of(METRICS.lameSeconds.name);
    expect(series).toHaveLength(MAX_SERVICES_SHOWN);
    expect(series.slice(0, 3)).toEqual([
      shown("shop/blocked", "Blocked"),
      shown("shop/starting", "Starting"),
      shown("shop/active-0", "Active"),
    ]);
    expect(samples.value('critsvc_services{phase="Active"}')).toBe(MAX_SERVICES_SHOWN);
  });

  it("forget a Service that is gone", async () => {
    const since = performance.now();
    services.changed(WEB, { before: undefined, now: "Blocked", standby: "Cold", since });
    services.changed(WEB, { before: "Blocked", now: undefined, standby: "Cold", since });
    await is({ 'critsvc_services{phase="Blocked"}': 0, [shown(WEB, "Blocked")]: undefined });
  });
});

describe("the metrics of a queue", () => {
  it("tell what waits, what is worked on, and how it ended", async () => {
    let end: (() => void) | undefined;
    const results = [() => Promise.reject(new Error("no")), () => Promise.resolve(5000)];
    const queue = new WorkQueue({
      concurrency: 1,
      backoff: { baseMs: 2000, maxMs: 2000 },
      meter: new QueueMetrics(metrics).meter("q", 1),
      work: async () => {
        await new Promise<void>(resolve => (end = resolve));
        return results.shift()?.();
      },
      onFailure: () => undefined,
    });
    queue.add("a", "b", "a");
    await is({ 'workqueue_depth{name="q"}': 2, 'workqueue_adds_total{name="q"}': 2 });

    await vi.advanceTimersByTimeAsync(3000);
    await is({
      'workqueue_depth{name="q"}': 1,
      'controller_runtime_active_workers{controller="q"}': 1,
      'workqueue_unfinished_work_seconds{name="q"}': 3,
      'workqueue_longest_running_processor_seconds{name="q"}': 3,
    });

    end?.();
    await vi.advanceTimersByTimeAsync(100);
    await is({
      'workqueue_depth{name="q"}': 0,
      'workqueue_retries_total{name="q"}': 1,
      'controller_runtime_reconcile_errors_total{controller="q"}': 1,
      'controller_runtime_reconcile_total{controller="q",result="error"}': 1,
      'workqueue_work_duration_seconds_sum{name="q"}': 3,
      'workqueue_queue_duration_seconds_sum{name="q"}': 3,
      'controller_runtime_reconcile_time_seconds_count{controller="q"}': 1,
    });

    end?.();
    await vi.advanceTimersByTimeAsync(0);
    await is({
      'controller_runtime_active_workers{controller="q"}': 0,
      'controller_runtime_reconcile_total{controller="q",result="requeue_after"}': 1,
      'controller_runtime_reconcile_total{controller="q",result="success"}': 0,
    });
  });

  it("do not count a key as waiting that the API server has asked to wait", async () => {
    const busy = new ApiError("too many requests", 429, { retryAfterMs: 3000 });
    const queue: WorkQueue = new WorkQueue({
      concurrency: 1,
      backoff: { baseMs: 2000, maxMs: 2000 },
      meter: new QueueMetrics(metrics).meter("q", 1),
      work: key => {
        queue.add(key);
        return Promise.reject(busy);
      },
      onFailure: () => undefined,
    });
    queue.add("a");
    await vi.advanceTimersByTimeAsync(100);
    await is({ 'workqueue_depth{name="q"}': 0, 'workqueue_adds_total{name="q"}': 2 });
  });
});

describe("the metrics of a watch", () => {
  const AGE = 'critsvc_watch_age_seconds{kind="Service"}';
  const MISSED = 'critsvc_missed_changes_total{kind="Service"}';
  let watch: WatchMeter;

  beforeEach(() => {
    watch = new WatchMetrics(metrics).meter("Service");
    vi.advanceTimersByTime(10_000);
  });

  it("take it for alive when it tells of something", async () => {
    await is({ [AGE]: 10, [MISSED]: 0 });
    watch.alive();
    await is({ [AGE]: 0, [MISSED]: 0 });
  });

  it("take it for alive when a list confirms what it told", async () => {
    watch.listed(0, true);
    await is({ [AGE]: 0, [MISSED]: 0 });
  });

  it("count what lists were first to bring, and do not take it for alive", async () => {
    watch.listed(1, false);
    await is({ [AGE]: 10, [MISSED]: 1 });
    watch.listed(2, false);
    await is({ [AGE]: 10, [MISSED]: 3 });
  });

  it("do not take it for alive when it has still not told of what the last list brought", async () => {
    watch.listed(0, false);
    await is({ [AGE]: 10, [MISSED]: 0 });
  });
});

/** Compares some values with what `/metrics` would show, to a hundredth. */
async function is(expected: Record<string, number | undefined>): Promise<void> {
  const samples = new Samples(await metrics.text());
  const rounded = (value: number | undefined) =>
    value === undefined ? undefined : Math.round(value * 100) / 100;
  const found = Object.keys(expected).map(series => [series, rounded(samples.value(series))]);
  expect(Object.fromEntries(found)).toEqual(expected);
}
