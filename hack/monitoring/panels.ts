import { METRICS } from "../../capabilities/domain/metrics";

/** What the panels' values are: https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit */
type Unit = "short" | "s" | "bytes" | "ops";

/** A panel of the dashboard. */
export interface Panel {
  readonly title: string;
  readonly description: string;
  readonly kind: "number" | "lines";
  readonly unit: Unit;
  readonly queries: readonly { readonly expr: string; readonly legend: string }[];
  /** From which value on it is shown as trouble, and in which colour. */
  readonly trouble?: { readonly from: number; readonly color: "red" | "orange" };
}

/** Panels under a heading. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

const JOB = 'job=~"$job"';

function named(metric: { readonly name: string }, ...labels: string[]): string {
  return `${metric.name}{${[JOB, ...labels].join(", ")}}`;
}

function quantile(q: number, { name }: { readonly name: string }, by: string, over: string) {
  return `histogram_quantile(${q}, sum by (le${by && `, ${by}`}) (rate(${name}_bucket{${JOB}}[${over}])))`;
}

const now: Row = {
  title: "Now",
  panels: [
    {
      title: "Without an answer",
      description: "Critical Services that have neither a Ready Pod nor a fallback.",
      kind: "number",
      unit: "short",
      queries: [
        {
          expr: `sum(${named(METRICS.services, 'phase=~"Blocked|Starting|Waiting"')})`,
          legend: "",
        },
      ],
      trouble: { from: 1, color: "red" },
    },
    {
      title: "On their fallback",
      description: "Critical Services that their fallback answers for.",
      kind: "number",
      unit: "short",
      queries: [{ expr: `sum(${named(METRICS.services, 'phase="Active"')})`, legend: "" }],
      trouble: { from: 1, color: "orange" },
    },
    {
      title: "Lame Services",
      description: METRICS.lameServices.help,
      kind: "number",
      unit: "short",
      queries: [{ expr: `sum(${named(METRICS.lameServices)})`, legend: "" }],
    },
    {
      title: "Critical Services",
      description: "Services that a CriticalService names.",
      kind: "number",
      unit: "short",
      queries: [{ expr: `sum(${named(METRICS.services)})`, legend: "" }],
    },
    {
      title: "Takeovers",
      description: "Times that a fallback took over, within the time shown.",
      kind: "number",
      unit: "short",
      queries: [
        {
          expr: `round(sum(increase(${METRICS.timeToFallback.name}_count{${JOB}}[$__range])))`,
          legend: "",
        },
      ],
    },
    {
      title: "Operator up",
      description: "Since its process was started.",
      kind: "number",
      unit: "s",
      queries: [
        {
          expr: `time() - max(${named(METRICS.startTime)} and on (job, instance) ${METRICS.build.name})`,
          legend: "",
        },
      ],
    },
  ],
};

const services: Row = {
  title: "Services",
  panels: [
    {
      title: "Critical Services by phase",
      description: METRICS.services.help,
      kind: "lines",
      unit: "short",
      queries: [{ expr: `sum by (phase) (${named(METRICS.services)})`, legend: "{{phase}}" }],
    },
    {
      title: "Without a Ready Pod of its own",
      description: METRICS.lameSeconds.help,
      kind: "lines",
      unit: "s",
      queries: [
        { expr: named(METRICS.lameSeconds), legend: "{{namespace}}/{{service}} {{phase}}" },
      ],
    },
    {
      title: "Time to fallback",
      description: METRICS.timeToFallback.help,
      kind: "lines",
      unit: "s",
      queries: [
        {
          expr: quantile(0.5, METRICS.timeToFallback, "standby", "$__range"),
          legend: "half, {{standby}}",
        },
        {
          expr: quantile(0.9, METRICS.timeToFallback, "standby", "$__range"),
          legend: "9 of 10, {{standby}}",
        },
      ],
    },
    {
      title: "Lame Services, critical or not",
      description: METRICS.lameServices.help,
      kind: "lines",
      unit: "short",
      queries: [{ expr: `sum(${named(METRICS.lameServices)})`, legend: "lame" }],
    },
  ],
};

const operator: Row = {
  title: "Operator",
  panels: [
    {
      title: "Seconds since a watch showed to be alive",
      description: `${METRICS.watchAge.help} At rest it goes up to the time between two lists.`,
      kind: "lines",
      unit: "s",
      queries: [{ expr: named(METRICS.watchAge), legend: "{{kind}}" }],
    },
    {
      title: "Missed changes within an hour",
      description: METRICS.missedChanges.help,
      kind: "lines",
      unit: "short",
      queries: [{ expr: `increase(${named(METRICS.missedChanges)}[1h])`, legend: "{{kind}}" }],
    },
    {
      title: "Worked on, by result",
      description: METRICS.reconciles.help,
      kind: "lines",
      unit: "ops",
      queries: [
        {
          expr: `sum by (controller, result) (rate(${named(METRICS.reconciles)}[$__rate_interval])) > 0`,
          legend: "{{controller}} {{result}}",
        },
      ],
    },
    {
      title: "Waiting to be worked on",
      description: METRICS.queueDepth.help,
      kind: "lines",
      unit: "short",
      queries: [{ expr: `sum by (name) (${named(METRICS.queueDepth)})`, legend: "{{name}}" }],
    },
    {
      title: "Wait and work, 99 of 100",
      description: "How long a key waits in the queue, and how long it then takes.",
      kind: "lines",
      unit: "s",
      queries: [
        {
          expr: quantile(0.99, METRICS.queueDuration, "name", "$__rate_interval"),
          legend: "{{name}} waits",
        },
        {
          expr: quantile(0.99, METRICS.workDuration, "name", "$__rate_interval"),
          legend: "{{name}} takes",
        },
      ],
    },
    {
      title: "Memory",
      description: METRICS.memory.help,
      kind: "lines",
      unit: "bytes",
      queries: [{ expr: named(METRICS.memory), legend: "{{instance}}" }],
    },
  ],
};

/** What the dashboard shows, from top to bottom. */
export const ROWS: readonly Row[] = [now, services, operator];

/** A panel's query with what Grafana would put in for its variables, for some seconds of all operators. */
export function concrete(expr: string, seconds: number): string {
  return expr
    .replaceAll("$__rate_interval", "10s")
    .replaceAll("$__range", `${seconds}s`)
    .replaceAll("$job", ".+");
}
