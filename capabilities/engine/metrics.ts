import { metricsCollector } from "pepr";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { MetricDefinition } from "../domain/metrics";

type Type = MetricDefinition["type"];
type Definition<T extends Type, Label extends string> = MetricDefinition & {
  readonly type: T;
  readonly labels: readonly Label[];
};

/** One value of a gauge, and the labels it has. */
export type Reading<Label extends string> = readonly [value: number, labels: Record<Label, string>];

/** The operator's metrics, each made from its definition. */
export class Metrics {
  readonly #registry = new Registry();

  counter<Label extends string>(definition: Definition<"counter", Label>): Counter<Label> {
    return new Counter(this.#settings(definition));
  }

  /** A counter that somebody else keeps; it is read when somebody asks for it. */
  counterOf(definition: Definition<"counter", never>, read: () => number): void {
    new Counter({
      ...this.#settings(definition),
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  histogram<Label extends string>(definition: Definition<"histogram", Label>): Histogram<Label> {
    const { buckets = [] } = definition;
    return new Histogram({ ...this.#settings(definition), buckets: [...buckets] });
  }

  /** A gauge is read when somebody asks for it, and costs nothing until then. */
  gauge<Label extends string>(
    definition: Definition<"gauge", Label>,
    read: () => Iterable<Reading<Label>>,
  ): void {
    new Gauge({
      ...this.#settings(definition),
      collect() {
        this.reset();
        for (const [value, labels] of read()) {
          this.set(labels, value);
        }
      },
    });
  }

  /** All of them, in Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #settings<Label extends string>({ name, help, labels }: Definition<Type, Label>) {
    return { name, help, labelNames: [...labels], registers: [this.#registry] };
  }
}

/**
 * Has Pepr's `/metrics` show them beside Pepr's own.
 *
 * Pepr's collector has counters that go up by one without labels, gauges that can't be set, no
 * histogram, and begins each name with `pepr_`. So the metrics are in a registry of their own, and
 * the function of the collector that the endpoint calls at each request is extended by them.
 */
export function serveMetrics(metrics: Metrics): void {
  const { getMetrics } = metricsCollector;
  metricsCollector.getMetrics = async () => `${await getMetrics()}${await metrics.text()}`;
}

/** Seconds since a time in milliseconds of `performance.now()`. */
export function secondsSince(ms: number): number {
  return (performance.now() - ms) / 1000;
}
