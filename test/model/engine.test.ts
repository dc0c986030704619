import fc from "fast-check";
import { describe, it } from "vitest";
import { anyHistory } from "./support/history";
import { verdictOn } from "./support/verdict";

/** To play histories again, or more of them; `MODEL_SHRINK=no` shows a failure as it was found. */
const {
  MODEL_OPERATORS = "1",
  MODEL_SEED,
  MODEL_PATH,
  MODEL_RUNS = "1000",
  MODEL_SHRINK,
} = process.env;

describe("the operator, whatever happens", () => {
  it(`keeps its word, with ${MODEL_OPERATORS} at once`, async () => {
    const operators = Number(MODEL_OPERATORS);
    await fc.assert(
      fc.asyncProperty(anyHistory(operators), async history => {
        const wrong = await verdictOn(history);
        if (wrong.length > 0) {
          throw new Error(wrong.join("\n"));
        }
      }),
      {
        numRuns: Number(MODEL_RUNS),
        endOnFailure: MODEL_SHRINK === "no",
        ...(MODEL_SEED !== undefined && { seed: Number(MODEL_SEED) }),
        ...(MODEL_PATH !== undefined && { path: MODEL_PATH }),
      },
    );
  });
});
