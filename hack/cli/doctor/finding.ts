import { ApiError } from "../../../capabilities/cluster/api";

/** What a check found. */
export interface Finding {
  /** What was looked at. */
  readonly check: string;
  readonly result: "ok" | "warn" | "fail";
  readonly message: string;
  /** What to do about it. */
  readonly fix?: string;
}

/** A check: it looks at one thing. */
export interface Check {
  readonly name: string;
  /** @throws {ApiError} if it could not look */
  readonly run: () => Promise<Finding | Finding[]>;
}

/** Makes the findings of one check. */
export function findingsOf(check: string) {
  return {
    ok: (message: string): Finding => ({ check, result: "ok", message }),
    warn: (message: string, fix: string): Finding => ({ check, result: "warn", message, fix }),
    fail: (message: string, fix: string): Finding => ({ check, result: "fail", message, fix }),
  };
}

const RIGHTS = "look with more rights: docs/cli.md lists those that the checks need";

/** Runs a check. What may not be looked at is a warning, as nothing is known to be amiss. */
export async function runCheck({ name, run }: Check): Promise<Finding[]> {
  const { warn, fail } = findingsOf(name);
  try {
    return [await run()].flat();
  } catch (error) {
    if (!(error instanceof ApiError)) {
      throw error;
    }
    return [
      error.status === 401 || error.status === 403
        ? warn(error.message, RIGHTS)
        : fail(error.message, "see to it that the API server answers"),
    ];
  }
}
