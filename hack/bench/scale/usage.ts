import { existsSync, readFileSync } from "node:fs";

/** Of Linux for programs, on all platforms that Node.js runs on. */
const TICKS_PER_SECOND = 100;

/** What a process and its children have used. */
export interface Usage {
  /** The most memory that was resident at a time, in bytes; of several processes, the sum of each one's most. */
  readonly peakRssBytes: number;
  /** Milliseconds of processor time. */
  readonly cpuMs: number;
}

/** @throws if there is no /proc with what Linux has there */
export function readUsage(pid: number): Usage {
  const usages = [pid, ...descendants(pid)].flatMap(one => {
    const folder = `/proc/${one}`;
    if (one !== pid && !existsSync(folder)) return [];
    const status = readFileSync(`${folder}/status`, "utf8");
    return [
      { peakRssBytes: peakRss(status), cpuMs: cpuTime(readFileSync(`${folder}/stat`, "utf8")) },
    ];
  });
  return {
    peakRssBytes: usages.reduce((sum, { peakRssBytes }) => sum + peakRssBytes, 0),
    cpuMs: usages.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
  };
}

function descendants(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(file)) return [];
  const children = readFileSync(file, "utf8").split(" ").filter(Boolean).map(Number);
  return children.flatMap(child => [child, ...descendants(child)]);
}

/** Bytes, from the text of /proc/PID/status; 0 of a process that has ended. */
export function peakRss(status: string): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

/** Milliseconds in user and system mode, from the text of /proc/PID/stat. */
export function cpuTime(stat: string): number {
  // The second field, the command, is in parentheses and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  return ((user + system) * 1000) / TICKS_PER_SECOND;
}
