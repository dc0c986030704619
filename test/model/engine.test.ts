import fc from "fast-check";
import { describe, it } from "vitest";
import { anyHistory } from "./support/history";
import { verdictOn } from "./support/verdict";

/** To play histories again, or more of them; `MODEL_SHRINK=no` shows a failure as it was found. */
const { MODEL_SEED, MODEL_PATH, MODEL_RUNS = "500", MODEL_SHRINK } = process.env;

describe("the operator, whatever happens", () => {
  it.each([1, 2])("keeps its word, with %i at once", async operators => {
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
