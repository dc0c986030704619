import type { Panel } from "../panels";
import type { Range, Series } from "./prometheus";

/** Where a panel is, in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A line of a panel, with its name in the legend. */
interface Line {
  readonly name: string;
  readonly points: readonly (readonly [time: number, value: number])[];
}

const COLORS = ["#3274d9", "#e0752d", "#299c46", "#c4162a", "#8f3bb8", "#b3a125", "#1f9bab"];
const HEAD = 26;
const LEGEND_LINE = 16;
const LEGEND_COLUMNS = 2;
const LEGEND_LINES = 4;
const AXIS = 62;
const TICKS = 4;
/** Seconds from which on they are told in minutes. */
const MINUTES_FROM = 120;
const MIB = 2 ** 20;

/** What the queries of a panel were answered, about a range of time. */
export interface Answer {
  readonly range: Range;
  readonly series: readonly Series[][];
}

/** A panel with what its queries were answered, as SVG. */
export function plot(panel: Panel, { range, series }: Answer, box: Box): string {
  const lines = panel.queries.flatMap(({ legend }, index) =>
    (series[index] ?? []).map(one => toLine(legend, one)),
  );
  const frame = `<rect class="panel" x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="3"/>`;
  const title = text(box.x + 10, box.y + 18, panel.title, "head");
  const content =
    panel.kind === "number" ? number(panel, lines, box) : chart(panel, lines, range, box);
  return [frame, title, content].join("\n");
}

function toLine(legend: string, { metric, values }: Series): Line {
  const name = legend.replace(/{{(\w+)}}/g, (_, label: string) => metric[label] ?? "");
  const points = values.map(([time, value]) => [time, Number(value)] as const);
  return { name, points: points.filter(([, value]) => Number.isFinite(value)) };
}

function number({ unit, trouble }: Panel, [line]: readonly Line[], box: Box): string {
  const value = line?.points.at(-1)?.[1];
  const isTrouble = trouble !== undefined && value !== undefined && value >= trouble.from;
  const style = isTrouble ? `big ${trouble.color}` : "big";
  const shown = value === undefined ? "No data" : inUnit(value, unit);
  return text(box.x + box.width / 2, box.y + box.height / 2 + 22, shown, style);
}

function chart(
  panel: Panel,
  lines: readonly Line[],
  { start, end, step }: Range,
  box: Box,
): string {
  const rows = Math.min(LEGEND_LINES, Math.ceil(lines.length / LEGEND_COLUMNS));
  const plane = {
    x: box.x + AXIS,
    y: box.y + HEAD + 6,
    width: box.width - AXIS - 14,
    height: box.height - HEAD - 30 - rows * LEGEND_LINE,
  };
  const most = Math.max(0, ...lines.flatMap(({ points }) => points.map(([, value]) => value)));
  const top = roundUp(most, scaleOf(panel.unit, most));
  const x = (time: number) => plane.x + (plane.width * (time - start)) / (end - start);
  const y = (value: number) => plane.y + plane.height * (1 - value / top);
  const ticks = Array.from({ length: TICKS + 1 }, (_, index) => (top * index) / TICKS);
  const minutes = Array.from({ length: Math.floor((end - start) / 60) + 1 }, (_, index) => index);
  return [
    ...ticks.map(
      tick =>
        `<line x1="${plane.x}" x2="${plane.x + plane.width}" y1="${at(y(tick))}" y2="${at(y(tick))}"/>` +
        text(plane.x - 6, y(tick) + 4, inUnit(tick, panel.unit), "number"),
    ),
    ...minutes.map(minute =>
      text(x(start + minute * 60), plane.y + plane.height + 15, `${minute} min`, "tick"),
    ),
    ...lines.map(({ points }, index) => path(points, step, { x, y }, colorOf(index))),
    legend(lines, { ...box, y: plane.y + plane.height + 32 }),
  ].join("\n");
}

/** Where a series is interrupted, so is its line. */
function path(
  points: Line["points"],
  step: number,
  { x, y }: { x: (time: number) => number; y: (value: number) => number },
  color: string,
): string {
  const moves = points.map(([time, value], index) => {
    const before = points[index - 1]?.[0] ?? -Infinity;
    return `${time - before > step * 1.5 ? "M" : "L"}${at(x(time))} ${at(y(value))}`;
  });
  return `<path stroke="${color}" d="${moves.join("")}"/>`;
}

function legend(lines: readonly Line[], { x, y, width }: Box): string {
  const room = LEGEND_LINES * LEGEND_COLUMNS;
  const shown = lines.length > room ? lines.slice(0, room - 1) : lines;
  const names = [...shown.map(({ name }) => name)];
  if (shown.length < lines.length) {
    names.push(`and ${lines.length - shown.length} more`);
  }
  return names
    .map((name, index) => {
      const left = x + 14 + (index % LEGEND_COLUMNS) * (width / LEGEND_COLUMNS);
      const line = y + Math.floor(index / LEGEND_COLUMNS) * LEGEND_LINE;
      const swatch = `<rect x="${at(left)}" y="${at(line - 8)}" width="12" height="3" fill="${colorOf(index)}"/>`;
      return (index < shown.length ? swatch : "") + text(left + 18, line, name);
    })
    .join("\n");
}

function colorOf(index: number): string {
  return COLORS[index % COLORS.length] ?? "";
}

function scaleOf(unit: Panel["unit"], most: number): number {
  const isMinutes = unit === "s" && most >= MINUTES_FROM;
  return unit === "bytes" ? MIB : isMinutes ? 60 : 1;
}

/** The next of 1, 2, 4 or 8 times a power of ten, of what a unit is shown in. */
function roundUp(most: number, scale: number): number {
  const value = most / scale;
  const power = 10 ** Math.floor(Math.log10(value || 1));
  const factor = [1, 2, 4, 8, 10].find(one => one * power >= value) ?? 10;
  return factor * power * scale;
}

function inUnit(value: number, unit: Panel["unit"]): string {
  const short = (number: number) => String(Number(number.toPrecision(3)));
  switch (unit) {
    case "bytes":
      return `${short(value / MIB)} MiB`;
    case "s":
      return value >= MINUTES_FROM ? `${short(value / 60)} min` : `${short(value)} s`;
    case "ops":
      return `${short(value)}/s`;
    case "short":
      return short(value);
  }
}

/** Text at a place. */
export function text(x: number, y: number, content: string, style = ""): string {
  const attribute = style === "" ? "" : ` class="${style}"`;
  const escaped = content.replace(/[&<>]/g, character => `&#${character.charCodeAt(0)};`);
  return `<text${attribute} x="${at(x)}" y="${at(y)}">${escaped}</text>`;
}

/** A coordinate, as precise as can be seen. */
function at(value: number): string {
  return String(Number(value.toFixed(1)));
}
