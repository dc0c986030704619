import type { LogLine, OperatorProcess } from "./operator";

const LEVELS: Record<number, string> = { 30: "INFO", 40: "WARN", 50: "ERROR", 60: "FATAL" };

/** Prints what the operator says from now on, for people. */
export function followOperator(operator: OperatorProcess, print: (line: string) => void): void {
  operator.onLine(line => {
    if (line.component) {
      print(readable(line));
    }
  });
}

function readable({ time, level, msg, service, reason }: LogLine): string {
  const at = new Date(time).toISOString().slice(11, 23);
  const subject = isNamed(service) && !msg.includes(service.name) ? `${service.name}: ` : "";
  const why = typeof reason === "string" ? ` (${reason})` : "";
  return `${at} ${(LEVELS[level] ?? String(level)).padEnd(5)} ${subject}${msg}${why}`;
}

function isNamed(service: unknown): service is { name: string } {
  return typeof service === "object" && service !== null && "name" in service;
}
