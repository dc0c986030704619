import { oneLine } from "../../capabilities/domain/message";
import { stylerFor } from "./style";

export const OUTPUTS = ["text", "json"] as const;

export interface OutputOptions {
  readonly output: (typeof OUTPUTS)[number];
}

/** Prints the answer, for programs. */
export function printJson(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
}

/** Prints the answer, for people. */
export function printText(text: string): void {
  process.stdout.write(text);
}

/** Says something beside the answer, on standard error. */
export function note(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}

/** Says what may not be as it was meant. */
export function warn(text: string): void {
  process.stderr.write(`${stylerFor(process.stderr)("yellow", "warning:")} ${printable(text)}\n`);
}

/** Says what is wrong. */
export function complain(text: string): void {
  process.stderr.write(`${stylerFor(process.stderr)("red", "error:")} ${printable(text)}\n`);
}

/** More than a terminal shows at a time. */
const MAX_LINE = 2000;

/** `text` as one line that a terminal shows and does not obey: others wrote it. */
export function printable(text: string): string {
  return oneLine(text, MAX_LINE);
}
