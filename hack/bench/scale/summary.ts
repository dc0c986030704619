import { percentile } from "../statistics";
import type { Requests } from "./requests";
import type { Measured } from "./results";

/** A few lines of what was measured, for who waits for the rest. */
export function summaryOf(measured: Partial<Measured>): string {
  const { starts: [start] = [], rest, events, losses, outages: [outage] = [] } = measured;
  const lines = [
    start &&
      `start: ${ms(start.lameMs)} until the lame have their fallbacks, ${ms(start.caughtUpMs)} until caught up, ` +
        `${ms(start.cpuMs)} CPU, peak RSS ${mib(start.peakRssBytes)}; ${list(start.requests)}`,
    rest && `rest: ${rest.seconds} s, ${ms(rest.cpuMs)} CPU; ${list(rest.requests)}`,
    events && `events: ${events.events}, ${ms(events.cpuMs)} CPU; ${list(events.requests)}`,
    losses &&
      `losses: ${losses.reactionsMs.length}, p50 ${percentile(losses.reactionsMs, 0.5).toFixed(2)} ms, ` +
        `p99 ${percentile(losses.reactionsMs, 0.99).toFixed(2)} ms; ${list(losses.requests)}; ` +
        `return: ${list(losses.returnRequests)}`,
    outage &&
      `outage: ${outage.services} Services lost within ${ms(outage.lossesMs)}, fallbacks within ` +
        `${ms(outage.fallbacksMs)}, ${ms(outage.cpuMs)} CPU; ${list(outage.requests)}`,
  ];
  return lines
    .filter(line => line !== undefined)
    .map(line => `    ${line}`)
    .join("\n");
}

function list(requests: Requests): string {
  const parts = Object.entries(requests).map(([what, number]) => `${number} ${what}`);
  return parts.length === 0 ? "no request" : parts.join(", ");
}

function ms(number: number): string {
  return `${Math.round(number)} ms`;
}

function mib(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
