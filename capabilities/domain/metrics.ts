/** What a metric is: https://prometheus.io/docs/concepts/metric_types/ */
export interface MetricDefinition {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** What it counts or measures; shown in `/metrics` and in the docs. */
  readonly help: string;
  /** Names of its labels; the values of each are few, or their number is limited. */
  readonly labels: readonly string[];
  /** Of a histogram: the upper bounds of its buckets. */
  readonly buckets?: readonly number[];
}

/** Critical Services that have time series of their own, those without an answer first. */
export const MAX_SERVICES_SHOWN = 100;

const DURATIONS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60];
const TIMES_TO_FALLBACK = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 300];

/**
 * All metrics of the operator: the one source of what `/metrics` shows and of the reference in the
 * docs. The names of others are those of the libraries that most operators are made with
 * (https://book.kubebuilder.io/reference/metrics-reference), so that their dashboards show ours too.
 */
export const METRICS = {
  services: {
    name: "critsvc_services",
    type: "gauge",
    help: "Services that a CriticalService names, by phase: Healthy, Waiting (lame, but not yet for as long as activateAfterSeconds asks for), Starting (lame, its fallback is not Ready yet), Active (lame, its fallback answers), Releasing (its own Pods answer, and its fallback too, as long as releaseAfterSeconds asks for) or Blocked (lame, and something that people can put right keeps it from its fallback).",
    labels: ["phase"],
  },
  lameServices: {
    name: "critsvc_lame_services",
    type: "gauge",
    help: "Services without a Ready Pod of their own, whether a CriticalService names them or not.",
    labels: [],
  },
  lameSeconds: {
    name: "critsvc_service_lame_seconds",
    type: "gauge",
    help: `Seconds for which a critical Service has had no Ready Pod of its own, as far as the operator has seen it. At most ${MAX_SERVICES_SHOWN} Services are shown: Blocked ones first, then Starting, Waiting and Active ones, and of each phase those that are in it for the longest.`,
    labels: ["namespace", "service", "phase"],
  },
  timeToFallback: {
    name: "critsvc_time_to_fallback_seconds",
    type: "histogram",
    help: "Seconds from when the operator learned that a critical Service has lost its last Ready endpoint until the fallback was known to answer.",
    labels: ["standby"],
    buckets: TIMES_TO_FALLBACK,
  },
  watchAge: {
    name: "critsvc_watch_age_seconds",
    type: "gauge",
    help: "Seconds since a watch told of something, or a list confirmed that it has nothing to tell.",
    labels: ["kind"],
  },
  relistInterval: {
    name: "critsvc_relist_interval_seconds",
    type: "gauge",
    help: "Seconds between two lists of all that is watched, as RELIST_SECONDS says.",
    labels: [],
  },
  missedChanges: {
    name: "critsvc_missed_changes_total",
    type: "counter",
    help: "Changes that a list brought before the watch told of them.",
    labels: ["kind"],
  },
  build: {
    name: "critsvc_build_info",
    type: "gauge",
    help: "Always 1; its labels say what runs.",
    labels: ["version"],
  },
  reconciles: {
    name: "controller_runtime_reconcile_total",
    type: "counter",
    help: "Keys worked on, by result: success, error, or requeue_after (to be looked at again later).",
    labels: ["controller", "result"],
  },
  reconcileErrors: {
    name: "controller_runtime_reconcile_errors_total",
    type: "counter",
    help: "Keys worked on in vain.",
    labels: ["controller"],
  },
  reconcileTime: {
    name: "controller_runtime_reconcile_time_seconds",
    type: "histogram",
    help: "Seconds that one key took.",
    labels: ["controller"],
    buckets: DURATIONS,
  },
  activeWorkers: {
    name: "controller_runtime_active_workers",
    type: "gauge",
    help: "Keys that are being worked on.",
    labels: ["controller"],
  },
  maxWorkers: {
    name: "controller_runtime_max_concurrent_reconciles",
    type: "gauge",
    help: "Keys that are worked on at once at most.",
    labels: ["controller"],
  },
  queueDepth: {
    name: "workqueue_depth",
    type: "gauge",
    help: "Keys that wait to be worked on.",
    labels: ["name"],
  },
  queueAdds: {
    name: "workqueue_adds_total",
    type: "counter",
    help: "Keys added that did not wait already.",
    labels: ["name"],
  },
  queueRetries: {
    name: "workqueue_retries_total",
    type: "counter",
    help: "Keys that are to be tried again after a failure.",
    labels: ["name"],
  },
  queueDuration: {
    name: "workqueue_queue_duration_seconds",
    type: "histogram",
    help: "Seconds that a key waited.",
    labels: ["name"],
    buckets: DURATIONS,
  },
  workDuration: {
    name: "workqueue_work_duration_seconds",
    type: "histogram",
    help: "Seconds that one key took.",
    labels: ["name"],
    buckets: DURATIONS,
  },
  unfinishedWork: {
    name: "workqueue_unfinished_work_seconds",
    type: "gauge",
    help: "Seconds of work in progress, summed up over the keys that are being worked on.",
    labels: ["name"],
  },
  longestRunning: {
    name: "workqueue_longest_running_processor_seconds",
    type: "gauge",
    help: "Seconds for which the key that takes the longest has been worked on.",
    labels: ["name"],
  },
  startTime: {
    name: "process_start_time_seconds",
    type: "gauge",
    help: "Start of the process, in seconds since 1970.",
    labels: [],
  },
  cpu: {
    name: "process_cpu_seconds_total",
    type: "counter",
    help: "CPU time spent, in seconds.",
    labels: [],
  },
  memory: {
    name: "process_resident_memory_bytes",
    type: "gauge",
    help: "Memory in use, in bytes.",
    labels: [],
  },
} as const satisfies Record<string, MetricDefinition>;
