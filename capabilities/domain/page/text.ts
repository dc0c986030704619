/** What an HTML page or a JSON text can't hold: control characters other than tab and line ends. */
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;
/** With the flag `u`, a surrogate that is half of a valid pair does not match. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** The size of `text` in bytes of UTF-8, which is what Kubernetes limits and HTTP counts. */
export function utf8Bytes(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

/** Why `text` would not arrive as it is, as the rest of a sentence about it; undefined if it would. */
export function textFault(text: string): string | undefined {
  if (LONE_SURROGATE.test(text)) {
    return "is not valid Unicode: remove the half of a surrogate pair that stands alone";
  }
  const control = CONTROL.exec(text)?.[0];
  if (control !== undefined) {
    const code = control.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    return `holds the control character U+${code}: remove it`;
  }
  return undefined;
}

/**
 * Why `text` can't be served as a whole page, as the rest of a sentence about it.
 *
 * @param limit in bytes of UTF-8
 */
export function contentFault(text: string, limit: number): string | undefined {
  if (text === "") {
    return "is empty: give the page's content";
  }
  const bytes = utf8Bytes(text);
  if (bytes > limit) {
    return `holds ${bytes} bytes in UTF-8: make it at most ${limit}`;
  }
  return textFault(text);
}
