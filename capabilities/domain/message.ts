/** What a terminal obeys rather than shows: control characters, and those that turn the direction of a text. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Surrogate}]/gu;

/**
 * `text` as one line that is safe to show: in a log, an Event, a status, on a terminal. Much of what is
 * told repeats what somebody else has written, or what an admission webhook answers.
 *
 * @param limit characters at most; what is longer ends with "…"
 */
export function oneLine(text: string, limit: number): string {
  // Cut twice: the first time so that a huge text costs nothing, then as escapes make it longer.
  const line = text.slice(0, 2 * limit).replace(/\s+/g, " ");
  const safe = line.replace(UNPRINTABLE, character => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
  const isWhole = safe.length <= limit && text.length <= 2 * limit;
  // Without the half of a surrogate pair that the cut may leave.
  return isWhole ? safe : `${safe.slice(0, limit - 1).replace(/\p{Surrogate}$/u, "")}…`;
}

/** Items of a list that are named at most. */
const MAX_NAMED = 10;

/** `a, b and 3 more`: the first items of a list that may be of any length. */
export function firstOf(items: readonly string[]): string {
  const rest = items.length - MAX_NAMED;
  return `${items.slice(0, MAX_NAMED).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
