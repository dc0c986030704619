import { describe, expect, it } from "vitest";
import { concerns, treat, type ProxyFault, type Treatment } from "../../../hack/chaos/faults";

describe("treat", () => {
  it.each<[ProxyFault | undefined, Partial<Treatment>]>([
    [undefined, { fate: "forward", delayMs: 0 }],
    [{ kind: "silent watches" }, { fate: "forward", delayMs: 0 }],
    [{ kind: "silence" }, { fate: "hang" }],
    [{ kind: "unreachable" }, { fate: "reset" }],
    [
      { kind: "slow", delayMs: 5 },
      { fate: "forward", delayMs: 5 },
    ],
    [
      { kind: "late lists", delayMs: 5 },
      { fate: "forward", delayMs: 0 },
    ],
    [{ kind: "busy", share: 1 }, { fate: 429 }],
    [{ kind: "errors", share: 1 }, { fate: 500 }],
    [
      { kind: "cut", afterMs: 5 },
      { fate: "forward", cutAfterMs: 5 },
    ],
  ])("%j: %j", (fault, treatment) => {
    expect(treat(fault, 0, false)).toMatchObject(treatment);
  });

  it("late lists: lists are late", () => {
    expect(treat({ kind: "late lists", delayMs: 5 }, 0, true).delayMs).toBe(5);
  });

  it.each(["busy", "errors"] as const)("%s: a share of the requests is hit", kind => {
    const fates = Array.from({ length: 1000 }, (_, count) =>
      treat({ kind, share: 0.3 }, count, false),
    );
    const hit = fates.filter(({ fate }) => fate !== "forward").length;
    expect(hit).toBeGreaterThan(295);
    expect(hit).toBeLessThan(305);
  });
});

describe("concerns", () => {
  it.each<[ProxyFault | undefined, string, boolean]>([
    [{ kind: "errors", share: 1 }, "/api/v1/pods", true],
    [{ kind: "errors", share: 1, word: "pods" }, "/api/v1/pods", true],
    [{ kind: "errors", share: 1, word: "pods" }, "/api/v1/services", false],
    [{ kind: "slow", delayMs: 1, word: "pods" }, "/api/v1/services", false],
    [{ kind: "silence" }, "/api/v1/pods", true],
  ])("%j, %s: %s", (fault, path, concerned) => {
    expect(concerns(fault, path)).toBe(concerned);
  });
});
