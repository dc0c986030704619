import { describe, expect, it } from "vitest";
import type { News } from "../../capabilities/domain/followed";
import { Suspicion } from "../../capabilities/domain/suspicion";

const SECOND = 1000;
const NOTHING: News<string> = { seen: [], gone: [], untold: 0, silent: true };
const UNTOLD = { ...NOTHING, untold: 1 };

/** What is found of lists every 10 s, at these seconds. */
function findings(...lists: [number, News<string>][]) {
  const suspicion = new Suspicion(10 * SECOND);
  return lists.map(([at, news]) => suspicion.note(news, at * SECOND));
}

const dead = (...lists: [number, News<string>][]) => findings(...lists).map(({ dead }) => dead);

describe("a watch", () => {
  it("is dead if it has not told for a whole interval what lists brought", () => {
    const brought = { ...NOTHING, seen: ["web"] };
    expect(dead([50, brought], [51, UNTOLD], [59, UNTOLD], [60, UNTOLD])).toEqual([
      ...[false, false, false, true],
    ]);
  });

  it("is not dead if it was silent as there was nothing to tell", () => {
    expect(dead([50, NOTHING], [60, NOTHING], [70, NOTHING])).toEqual([false, false, false]);
  });

  it("is not dead while it tells of something, however late", () => {
    const late = { ...UNTOLD, silent: false };
    expect(dead([50, NOTHING], [59, late], [60, UNTOLD], [68, UNTOLD])).not.toContain(true);
  });

  it("is not dead because lists failed for an interval", () => {
    const suspicion = new Suspicion(10 * SECOND);
    suspicion.note(NOTHING, 50 * SECOND);
    suspicion.listFailed(59 * SECOND);
    expect(suspicion.note(UNTOLD, 61 * SECOND).dead).toBe(false);
    expect(suspicion.note(UNTOLD, 69 * SECOND).dead).toBe(true);
  });
});

describe("the next list", () => {
  it.each<[string, Partial<News<string>>, number]>([
    ["comes after an interval if the watch told of all", {}, 10],
    ["comes sooner if this one brought something", { seen: ["web"] }, 1],
    ["comes sooner if this one found something gone", { gone: ["web"] }, 1],
    ["comes sooner until the watch has told", { untold: 1 }, 1],
  ])("%s", (_, news, seconds) => {
    expect(findings([50, { ...NOTHING, ...news }])[0]?.nextMs).toBe(seconds * SECOND);
  });

  it("does not come within a second", () => {
    expect(new Suspicion(2 * SECOND).note(UNTOLD, 0).nextMs).toBe(SECOND);
    expect(new Suspicion(SECOND / 2).note(UNTOLD, 0).nextMs).toBe(SECOND / 2);
  });
});
