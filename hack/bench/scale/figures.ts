import { percentile } from "../statistics";
import { total } from "./requests";
import type { Measured } from "./results";

/** One number that is measured of each contender at each size. */
export interface Figure {
  readonly id: string;
  /** What it is of, for a heading. */
  readonly title: string;
  readonly unit: string;
  /** Digits behind the point. */
  readonly digits: number;
  readonly of: (measured: Measured) => number | undefined;
  /** Whether less than the floor makes no sense: then the ratio is not given. */
  readonly compared: boolean;
}

const MIB = 2 ** 20;

export const FIGURES = {
  p50: {
    ...figure("p50", "Reaction, the middle one", "ms", 1),
    of: ({ losses }) => losses && percentile(losses.reactionsMs, 0.5),
  },
  p99: {
    ...figure("p99", "Reaction, 99 of 100 are faster", "ms", 1),
    of: ({ losses }) => losses && percentile(losses.reactionsMs, 0.99),
  },
  requestsPerEvent: {
    ...figure("requests-per-event", "Requests for a Pod event that makes no Service lame", "", 3),
    compared: false,
    of: ({ events }) => events && total(events.requests) / events.events,
  },
  requestsPerFailover: {
    ...figure("requests-per-failover", "Requests for a failover", "", 2),
    of: ({ losses }) => losses && total(losses.requests) / losses.reactionsMs.length,
  },
  requestsPerHour: {
    ...figure("requests-per-hour", "Requests in an hour at rest", "", 0),
    compared: false,
    of: ({ rest }) => rest && (total(rest.requests) * 3600) / rest.seconds,
  },
  peakRss: {
    ...figure("memory", "Peak of the memory (RSS)", "MiB", 0),
    of: ({ peakRssBytes }) => peakRssBytes && peakRssBytes / MIB,
  },
  cpuPerThousandEvents: {
    ...figure("cpu", "Processor time for 1,000 Pod events", "ms", 0),
    of: ({ events }) => events && (events.cpuMs * 1000) / events.events,
  },
  start: {
    ...figure("start", "From the start to a fallback for all that is lame", "s", 2),
    of: ({ starts }) => middle(starts.map(({ lameMs }) => lameMs / 1000)),
  },
  startFromList: {
    ...figure(
      "start-from-list",
      "From the first list of EndpointSlices to a fallback for all that is lame",
      "s",
      2,
    ),
    of: ({ starts }) =>
      middle(starts.flatMap(({ lameFromListMs: ms }) => (ms === undefined ? [] : ms / 1000))),
  },
  caughtUp: {
    ...figure("caught-up", "From the start to the last request of it", "s", 2),
    of: ({ starts }) => middle(starts.map(({ caughtUpMs }) => caughtUpMs / 1000)),
  },
  outage: {
    ...figure("outage", "From the first loss of a mass outage to the last fallback", "s", 2),
    of: ({ outages }) => middle(outages.map(({ fallbacksMs }) => fallbacksMs / 1000)),
  },
} satisfies Record<string, Figure>;

function figure(id: string, title: string, unit: string, digits: number) {
  return { id, title, unit, digits, compared: true };
}

/** Of none there is none. */
function middle(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : percentile(values, 0.5);
}
