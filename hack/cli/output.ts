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
  process.stderr.write(`${text}\n`);
}

/** Says what may not be as it was meant. */
export function warn(text: string): void {
  note(`${stylerFor(process.stderr)("yellow", "warning:")} ${text}`);
}

/** Says what is wrong. */
export function complain(text: string): void {
  note(`${stylerFor(process.stderr)("red", "error:")} ${text}`);
}
