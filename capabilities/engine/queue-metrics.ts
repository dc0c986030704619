import { METRICS } from "../domain/metrics";
import { secondsSince, type Metrics } from "./metrics";
import type { QueueMeter } from "./work-queue";

interface Queue {
  readonly name: string;
  readonly concurrency: number;
  waiting: number;
  /** When each piece of work in progress began, in milliseconds of `performance.now()`. */
  readonly begun: Set<{ readonly at: number }>;
}

/** What work queues do, under the names of client-go and controller-runtime. */
export class QueueMetrics {
  readonly #queues: Queue[] = [];
  readonly #counters;
  readonly #histograms;

  constructor(metrics: Metrics) {
    this.#counters = {
      adds: metrics.counter(METRICS.queueAdds),
      retries: metrics.counter(METRICS.queueRetries),
      reconciles: metrics.counter(METRICS.reconciles),
      errors: metrics.counter(METRICS.reconcileErrors),
    };
    this.#histograms = {
      waited: metrics.histogram(METRICS.queueDuration),
      worked: metrics.histogram(METRICS.workDuration),
      reconciled: metrics.histogram(METRICS.reconcileTime),
    };
    const ofQueue = (read: (queue: Queue) => number) => () =>
      this.#queues.map(queue => [read(queue), { name: queue.name }] as const);
    const ofController = (read: (queue: Queue) => number) => () =>
      this.#queues.map(queue => [read(queue), { controller: queue.name }] as const);
    metrics.gauge(
      METRICS.queueDepth,
      ofQueue(({ waiting }) => waiting),
    );
    metrics.gauge(
      METRICS.unfinishedWork,
      ofQueue(queue => sum(ages(queue))),
    );
    metrics.gauge(
      METRICS.longestRunning,
      ofQueue(queue => Math.max(0, ...ages(queue))),
    );
    metrics.gauge(
      METRICS.activeWorkers,
      ofController(({ begun }) => begun.size),
    );
    metrics.gauge(
      METRICS.maxWorkers,
      ofController(({ concurrency }) => concurrency),
    );
  }

  /** A meter for one queue. */
  meter(name: string, concurrency: number): QueueMeter {
    const queue: Queue = { name, concurrency, waiting: 0, begun: new Set() };
    this.#queues.push(queue);
    const { adds, retries, reconciles, errors } = this.#counters;
    const { waited, worked, reconciled } = this.#histograms;
    // Shown as 0 until the first one: https://prometheus.io/docs/practices/instrumentation/#avoid-missing-metrics
    for (const result of ["success", "error", "requeue_after"]) {
      reconciles.inc({ controller: name, result }, 0);
    }
    errors.inc({ controller: name }, 0);
    retries.inc({ name }, 0);
    return {
      added: () => {
        queue.waiting++;
        adds.inc({ name });
      },
      dropped: () => {
        queue.waiting--;
      },
      started: waitedMs => {
        queue.waiting--;
        waited.observe({ name }, waitedMs / 1000);
        const begin = { at: performance.now() };
        queue.begun.add(begin);
        return result => {
          queue.begun.delete(begin);
          worked.observe({ name }, secondsSince(begin.at));
          reconciled.observe({ controller: name }, secondsSince(begin.at));
          reconciles.inc({ controller: name, result });
          if (result === "error") {
            errors.inc({ controller: name });
            retries.inc({ name });
          }
        };
      },
    };
  }
}

function ages({ begun }: Queue): number[] {
  return [...begun].map(({ at }) => secondsSince(at));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
