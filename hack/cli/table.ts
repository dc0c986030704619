import { printable } from "./output";

/** A column's cell: its text, and how it is shown once it has its width. */
export interface Cell {
  readonly text: string;
  readonly style?: (padded: string) => string;
}

const GAP = "   ";

/** A table as kubectl prints one: columns as wide as their longest cell, the last one open. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [head.map((text): Cell => ({ text })), ...rows.map(line => line.map(safe))];
  const widths = head.map((_, column) =>
    Math.max(...lines.map(line => line[column]?.text.length ?? 0)),
  );
  return lines.map(line => row(line, widths)).join("");
}

function row(cells: readonly Cell[], widths: readonly number[]): string {
  const shown = cells.map(({ text, style = plain }, column) => {
    const isLast = column === cells.length - 1;
    return style(isLast ? text : text.padEnd(widths[column] ?? 0));
  });
  return `${shown.join(GAP).trimEnd()}\n`;
}

function safe(cell: Cell): Cell {
  return { ...cell, text: printable(cell.text) };
}

function plain(text: string): string {
  return text;
}

const UNITS = [
  ["d", 24 * 60 * 60],
  ["h", 60 * 60],
  ["m", 60],
] as const;

/**
 * How long ago something was, in one unit: `45s`, `12m`, `30h`, `9d`.
 *
 * @param since RFC 3339; undefined if it is not known, which is shown as `-`
 */
export function age(since: string | undefined, now: Date): string {
  const milliseconds = since === undefined ? NaN : now.getTime() - Date.parse(since);
  if (Number.isNaN(milliseconds)) {
    return "-";
  }
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  // Two of a unit at least, so that little is lost: 90 minutes are not 1 hour.
  const [unit, size] = UNITS.find(([, size]) => seconds >= 2 * size) ?? ["s", 1];
  return `${Math.floor(seconds / size)}${unit}`;
}
