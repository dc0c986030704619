import { styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];

/** Styles a text for the terminal: not at all if it goes elsewhere, or if NO_COLOR is set. */
export type Styler = (format: Format, text: string) => string;

/**
 * The styler for a stream.
 *
 * @see https://no-color.org
 */
export function stylerFor(stream: NodeJS.WriteStream): Styler {
  return (format, text) => styleText(format, text, { stream });
}
