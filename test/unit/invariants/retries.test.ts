import { describe, expect, it } from "vitest";
import { hastyRetries, mostWithin } from "../../../hack/invariants/retries";

const request = { client: "one", method: "POST", path: "/api/v1/pods" };
const failed = (...times: number[]) => times.map(at => ({ ...request, at }));

describe("hastyRetries", () => {
  const limit = { count: 3, windowMs: 1000 };

  it("lets a request fail as often as the backoff allows", () => {
    expect(hastyRetries(failed(0, 250, 750, 1750, 3750), limit)).toEqual([]);
  });

  it("finds a request that is sent again and again", () => {
    const subject = "one: POST /api/v1/pods";
    const what = "failed 4 times within 1000 ms";
    expect(hastyRetries(failed(0, 100, 200, 300), limit)).toEqual([{ subject, what }]);
  });

  it("counts each client's and each path's requests for themselves", () => {
    const others = failed(0, 100).flatMap(one => [
      { ...one, client: "two" },
      { ...one, path: "/api/v1/services" },
    ]);
    expect(hastyRetries([...failed(0, 100, 200), ...others], limit)).toEqual([]);
  });
});

describe("mostWithin", () => {
  it.each([
    [[], 0],
    [[5], 1],
    [[0, 1000, 2000, 3000], 2],
    [[0, 10, 20, 5000, 5010], 3],
  ])("of %j, %i lie within a second", (times, most) => {
    expect(mostWithin(times, 1000)).toBe(most);
  });
});
