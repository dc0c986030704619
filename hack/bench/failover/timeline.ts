import { LOSS_NAMES, LOSSES, MODE_NAMES, MODES } from "./kinds";
import type { Answer, Results, Round } from "./results";
import { middleBy } from "../statistics";

const WIDTH = 880;
const LABELS = 200;
const PLOT = 480;
const LANE = 14;
const LANE_STEP = 21;
const GROUP_HEAD = 34;
const TOP = 58;
const BOTTOM = 34;

/** Milliseconds of one column of a lane. */
const COLUMN_MS = 50;
const BEFORE_MS = 500;
const AFTER_MS = 500;
const LONGEST_MS = 12_000;

/** From the bottom of a lane to its top. */
const ANSWERS: readonly Answer[] = ["real", "fallback", "none"];

const STYLE = `
text { font: 12px system-ui, sans-serif; fill: #1f2328 }
.head { font-weight: 600 } .number { text-anchor: end } .tick { text-anchor: middle }
.real { fill: #4a90d9 } .fallback { fill: #e5a50a } .none { fill: #c01c50 }
line { stroke: #8c959f; stroke-opacity: .45 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .none { fill: #f0417d } }`;

/**
 * An SVG of who answered when, with a lane for each mode and loss, from the round in the middle.
 * Where a client got different answers, or none, by turns, the lane is divided in height.
 */
export function timeline({ rounds }: Pick<Results, "rounds">): string {
  const groups = LOSSES.map(cause => ({ cause, lanes: middleRounds(rounds, cause) })).filter(
    ({ lanes }) => lanes.length > 0,
  );
  const endMs = Math.min(LONGEST_MS, Math.max(0, ...groups.flatMap(g => g.lanes.map(settledMs))));
  const x = (ms: number): number => LABELS + (PLOT * (ms + BEFORE_MS)) / (endMs + BEFORE_MS);
  const parts: string[] = [];
  let y = TOP;
  for (const { cause, lanes } of groups) {
    parts.push(text(0, y + GROUP_HEAD - 12, LOSS_NAMES[cause], "head"));
    y += GROUP_HEAD;
    parts.push(
      seconds(endMs)
        .map(ms => line(x(ms), y - 4, y + lanes.length * LANE_STEP))
        .join(""),
    );
    for (const round of lanes) {
      parts.push(lane(round, y, x, endMs));
      y += LANE_STEP;
    }
  }
  const height = y + BOTTOM;
  const title = "Who answers when a Service loses its last Pod, and when it gets one back";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
<title>${title}</title>
<style>${STYLE}
</style>
${legend()}
${axis(x, endMs, y)}
${parts.join("\n")}
</svg>
`;
}

function middleRounds(rounds: readonly Round[], cause: Round["cause"]): Round[] {
  return MODES.flatMap(mode => {
    const same = rounds.filter(round => round.mode === mode && round.cause === cause);
    return same.length === 0 ? [] : [middleBy(same, ({ loss }) => loss.spanMs)];
  });
}

/** When real Pods alone answer again, and a little later. */
function settledMs({ timeline }: Round): number {
  const last = timeline.findLast(([, answer]) => answer !== "real");
  return (last?.[0] ?? 0) + AFTER_MS;
}

function lane(round: Round, y: number, x: (ms: number) => number, endMs: number): string {
  const paths = ANSWERS.map(answer => {
    const path = columns(round, endMs).flatMap(({ from, to, shares }) => {
      const [low, high] = shares[answer];
      if (high === low) return [];
      const [top, bottom] = [y + LANE * (1 - high), y + LANE * (1 - low)];
      return [`M${at(x(from))} ${at(top)}H${at(x(to))}V${at(bottom)}H${at(x(from))}z`];
    });
    return path.length === 0 ? "" : `<path class="${answer}" d="${path.join("")}"/>`;
  });
  const base = y + LANE - 3;
  return [
    text(0, base, MODE_NAMES[round.mode]),
    ...paths,
    text(WIDTH - 100, base, milliseconds(round.loss.spanMs), "number"),
    text(WIDTH, base, milliseconds(round.return.spanMs), "number"),
  ].join("");
}

interface Column {
  from: number;
  to: number;
  /** From where to where each answer reaches in height, of 1. */
  readonly shares: Record<Answer, [number, number]>;
}

/** What was answered in each piece of time; equal ones beside each other are one. */
function columns({ timeline }: Round, endMs: number): Column[] {
  const all: Column[] = [];
  for (let from = -BEFORE_MS; from < endMs; from += COLUMN_MS) {
    const to = Math.min(from + COLUMN_MS, endMs);
    const answers = timeline.filter(([ms]) => ms >= from && ms < to).map(([, answer]) => answer);
    const last = all.at(-1);
    const shares = answers.length === 0 ? last?.shares : sharesOf(answers);
    if (shares === undefined) continue;
    if (last && JSON.stringify(last.shares) === JSON.stringify(shares)) last.to = to;
    else all.push({ from, to, shares });
  }
  return all;
}

function sharesOf(answers: readonly Answer[]): Column["shares"] {
  let low = 0;
  const range = (answer: Answer): [number, number] => {
    const high = low + answers.filter(one => one === answer).length / answers.length;
    const both: [number, number] = [low, high];
    low = high;
    return both;
  };
  return { real: range("real"), fallback: range("fallback"), none: range("none") };
}

function legend(): string {
  const entries: [Answer, string, number][] = [
    ["real", "a real Pod answers", 0],
    ["fallback", "the fallback answers", 150],
    ["none", "no answer", 310],
  ];
  const swatches = entries.map(
    ([answer, meaning, x]) =>
      `<rect class="${answer}" x="${x}" y="4" width="14" height="14"/>${text(x + 20, 15, meaning)}`,
  );
  return [
    ...swatches,
    text(WIDTH, 15, "without an answer, from the first to the last failed request", "number"),
    text(WIDTH - 100, 34, "at the loss", "number"),
    text(WIDTH, 34, "at the return", "number"),
  ].join("\n");
}

function axis(x: (ms: number) => number, endMs: number, y: number): string {
  const name = (ms: number): string => (ms === 0 ? "loss" : `${ms / 1000} s`);
  return seconds(endMs)
    .map(ms => text(x(ms), y + 16, name(ms), "tick"))
    .join("");
}

/** Each whole second, in milliseconds. */
function seconds(endMs: number): number[] {
  return Array.from({ length: Math.floor(endMs / 1000) + 1 }, (_, second) => second * 1000);
}

function line(x: number, from: number, to: number): string {
  return `<line x1="${at(x)}" x2="${at(x)}" y1="${at(from)}" y2="${at(to)}"/>`;
}

function text(x: number, y: number, content: string, style = ""): string {
  const attribute = style === "" ? "" : ` class="${style}"`;
  return `<text${attribute} x="${at(x)}" y="${at(y)}">${content}</text>`;
}

function milliseconds(ms: number): string {
  return `${Math.round(ms)} ms`;
}

/** A coordinate, as precise as can be seen. */
function at(value: number): string {
  return String(Number(value.toFixed(1)));
}
