import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Turns } from "../../capabilities/engine/turns";

const LIMITS = { atOnce: 4, ofOneGroup: 2 };

describe("Turns", () => {
  it.each<[string, string[], string[]]>([
    ["of one group go by age", ["a/1", "a/2", "a/3"], ["a/1", "a/2", "a/3"]],
    ["of several groups alternate", ["a/1", "a/2", "a/3", "b/1"], ["a/1", "b/1", "a/2", "a/3"]],
    [
      "of a group that comes late wait for one turn of each",
      ["a/1", "b/1", "a/2", "b/2", "c/1"],
      [...["a/1", "b/1", "c/1"], ...["a/2", "b/2"]],
    ],
    ["without a slash are each their own group", ["x", "y", "x"], ["x", "y"]],
    ["may have slashes in their names", ["a/1/2", "a/1/3", "b/1/2"], ["a/1/2", "b/1/2", "a/1/3"]],
  ])("of keys that %s", (_, added, order) => {
    const turns = new Turns(LIMITS);
    added.forEach(key => {
      turns.add(key);
    });
    expect(drain(turns)).toEqual(order);
    expect(turns.isEmpty).toBe(true);
  });

  it.each<[string, string[], string[]]>([
    ["go before the others", ["a/1", "b/1", "c/1!"], ["c/1", "a/1", "b/1"]],
    ["go before others of their group", ["a/1", "a/2!"], ["a/2", "a/1"]],
    ["alternate, too", ["a/1!", "a/2!", "b/1!", "c/1"], ["a/1", "b/1", "a/2", "c/1"]],
    ["become so while they wait", ["a/1", "b/1", "b/1!"], ["b/1", "a/1"]],
    ["are added once more", ["a/1", "b/1!", "b/1"], ["b/1", "a/1"]],
  ])("of urgent keys that %s", (_, added, order) => {
    const turns = new Turns(LIMITS);
    for (const key of added) {
      if (key.endsWith("!")) turns.addUrgent(key.slice(0, -1));
      else turns.add(key);
    }
    expect(drain(turns)).toEqual(order);
    expect(turns.isEmpty).toBe(true);
  });

  it("leave places free that one group may not take", () => {
    const turns = new Turns(LIMITS);
    ["a/1", "a/2", "a/3"].forEach(key => {
      turns.add(key);
    });
    expect([turns.next(), turns.next(), turns.next()]).toEqual(["a/1", "a/2", undefined]);
    turns.add("b/1");
    expect([turns.next(), turns.next()]).toEqual(["b/1", undefined]);
    turns.finish("a/1");
    expect(turns.next()).toBe("a/3");
  });

  it("keep a key that is added during its turn waiting until that is over", () => {
    const turns = new Turns(LIMITS);
    turns.add("a/1");
    turns.next();
    expect([turns.isWaiting("a/1"), turns.isEmpty]).toEqual([false, false]);
    turns.add("a/1");
    expect([turns.isWaiting("a/1"), turns.next()]).toEqual([true, undefined]);
    turns.finish("a/1");
    expect(turns.next()).toBe("a/1");
  });

  it("are not for a key that was dropped", () => {
    const turns = new Turns(LIMITS);
    turns.add("a/1");
    turns.addUrgent("a/2");
    turns.drop("a/1");
    turns.drop("a/2");
    expect([turns.isEmpty, turns.next()]).toEqual([true, undefined]);
  });

  it("keep to the limits, never give a key two at once, and forget none", () => {
    fc.assert(
      fc.property(histories(["add", "addUrgent"]), steps => {
        const { turns, running, awaited } = new Referee().play(steps);
        drain(turns, running).forEach(key => awaited.delete(key));
        expect([...awaited]).toEqual([]);
        expect(turns.isEmpty).toBe(true);
      }),
    );
  });

  it("come to a group that may have one before any other group has two", () => {
    fc.assert(
      fc.property(histories(["add"]), steps => {
        expect(new Referee().play(steps).overtaken).toEqual([]);
      }),
    );
  });
});

type Adding = "add" | "addUrgent";
type Step = readonly [Adding, string] | readonly ["next"] | readonly ["finish", number];

/** Most of the keys are of one group. */
function histories(additions: readonly Adding[]) {
  const key = fc
    .tuple(fc.constantFrom("noisy", "noisy", "noisy", "b", "c"), fc.nat(5))
    .map(([group, name]) => `${group}/${name}`);
  const step = fc.oneof<fc.WeightedArbitrary<Step>[]>(
    { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...additions), key) },
    { weight: 4, arbitrary: fc.constant(["next"] as const) },
    { weight: 1, arbitrary: fc.tuple(fc.constant("finish" as const), fc.nat(LIMITS.atOnce)) },
  );
  return fc.array(step, { maxLength: 80, size: "max" });
}

/** Plays a history, and sees that the rules are kept. */
class Referee {
  readonly turns = new Turns(LIMITS);
  readonly running: string[] = [];
  readonly awaited = new Set<string>();
  /** Groups that might have had a turn, but saw another one have two. */
  readonly overtaken: string[] = [];
  /** By group that might have a turn: the groups that had one since. */
  readonly #passed = new Map<string, string[]>();
  readonly #urgent = new Set<string>();

  play(steps: readonly Step[]): this {
    for (const [what, which] of steps) {
      if (what === "add" || what === "addUrgent") {
        this.turns[what](which);
        this.awaited.add(which);
        if (what === "addUrgent") this.#urgent.add(which);
      } else if (what === "finish") {
        this.running.splice(which, 1).forEach(key => {
          this.turns.finish(key);
        });
      } else {
        this.#next();
      }
      this.#noteWhoMay();
    }
    return this;
  }

  #next(): void {
    const key = this.turns.next();
    if (key === undefined) {
      expect([...this.#passed.keys()].filter(() => this.running.length < LIMITS.atOnce)).toEqual(
        [],
      );
      return;
    }
    if (!this.#urgent.delete(key)) {
      expect([...this.#urgent].filter(urgent => this.#mayRun(urgent))).toEqual([]);
    }
    this.awaited.delete(key);
    this.running.push(key);
    expect(new Set(this.running).size).toBe(this.running.length);
    expect(this.running.length).toBeLessThanOrEqual(LIMITS.atOnce);
    expect(this.#runningOf(groupOf(key))).toBeLessThanOrEqual(LIMITS.ofOneGroup);
    this.#passed.delete(groupOf(key));
    for (const [group, others] of this.#passed) {
      if (others.includes(groupOf(key))) {
        this.overtaken.push(group);
      }
      others.push(groupOf(key));
    }
  }

  #noteWhoMay(): void {
    for (const group of ["noisy", "b", "c"]) {
      if (![...this.awaited].some(key => groupOf(key) === group && this.#mayRun(key))) {
        this.#passed.delete(group);
      } else if (!this.#passed.has(group)) {
        this.#passed.set(group, []);
      }
    }
  }

  #mayRun(key: string): boolean {
    return !this.running.includes(key) && this.#runningOf(groupOf(key)) < LIMITS.ofOneGroup;
  }

  #runningOf(group: string): number {
    return this.running.filter(key => groupOf(key) === group).length;
  }
}

function groupOf(key: string): string {
  return key.split("/")[0] ?? "";
}

/** Ends the turns of `running`, and has every key that waits have its turn, one after the other. */
function drain(turns: Turns, running: readonly string[] = []): string[] {
  running.forEach(key => {
    turns.finish(key);
  });
  const order: string[] = [];
  for (let key = turns.next(); key !== undefined; key = turns.next()) {
    order.push(key);
    turns.finish(key);
  }
  return order;
}
