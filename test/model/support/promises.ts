import fc from "fast-check";
import { describe, it } from "vitest";
import { anyHistory } from "./history";
import { verdictOn } from "./verdict";

/** To play histories again, or more of them; `MODEL_SHRINK=no` shows a failure as it was found. */
const { MODEL_SEED, MODEL_PATH, MODEL_RUNS = "5000", MODEL_SHRINK } = process.env;

/** Tests that the operator keeps its word, whatever happens. @param operators how many run at once */
export function testPromises(operators: number): void {
  describe("the operator, whatever happens", () => {
    it(`keeps its word, with ${operators} at once`, async () => {
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
}
