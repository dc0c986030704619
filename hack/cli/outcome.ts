/** How the command ends, as `kubectl diff` does. */
export const EXIT = {
  /** Nothing is amiss. */
  ok: 0,
  /** The answer is that something is amiss. */
  amiss: 1,
  /** There is no answer: wrong usage, a file that can't be read, a cluster that can't be asked. */
  failed: 2,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Something that the one who typed the command can put right; the message says what and how. */
export class UserError extends Error {
  override name = "UserError";
}
