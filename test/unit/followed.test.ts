import { describe, expect, it } from "vitest";
import { Followed } from "../../capabilities/domain/followed";

const at = (version: number, uid = "u1") => ({
  metadata: { uid, name: uid, namespace: "shop", resourceVersion: String(version) },
});
const list = (version: number, ...items: ReturnType<typeof at>[]) => ({
  items,
  metadata: { resourceVersion: String(version) },
});

function followed(...seen: ReturnType<typeof at>[]) {
  const known = new Followed<ReturnType<typeof at>>();
  seen.forEach(object => known.seen(object));
  return known;
}

describe("what a watch tells", () => {
  it("is news unless that state is known, or a newer one", () => {
    const known = followed(at(5));
    expect([4, 5, 6, 6].map(version => known.seen(at(version)))).toEqual([
      ...[false, false, true, false],
    ]);
  });

  it("a deletion is believed if it is newer than all states of the object", () => {
    expect(followed(at(5)).gone(at(6))).toBe(true);
    expect(followed().gone(at(6))).toBe(true);
  });

  it("a deletion that is no newer than what is known is not believed", () => {
    const known = followed(at(5));
    expect(known.gone(at(5))).toBe(false);
    expect(known.listed(list(9, at(5)))).toMatchObject({ seen: [], gone: [] });
  });
});

describe("what a list tells", () => {
  it("is nothing if the watch told of all", () => {
    expect(followed(at(5)).listed(list(9, at(5)))).toEqual({
      ...{ seen: [], gone: [], untold: 0, silent: false },
    });
  });

  it("has the objects that are new or newer", () => {
    const news = followed(at(5)).listed(list(9, at(6), at(7, "u2")));
    expect(news.seen).toEqual([at(6), at(7, "u2")]);
  });

  it("has the objects that are gone, as of the list", () => {
    const { gone } = followed(at(5)).listed(list(9));
    expect(gone).toMatchObject([{ metadata: { uid: "u1", name: "u1", resourceVersion: "9" } }]);
  });

  it("is told once", () => {
    const known = followed(at(5));
    known.listed(list(9, at(7, "u2")));
    expect(known.listed(list(10, at(7, "u2")))).toMatchObject({ seen: [], gone: [] });
    expect(known.listed(list(11)).gone).toMatchObject([{ metadata: { uid: "u2" } }]);
  });

  it("says nothing of what was created after it", () => {
    expect(followed(at(10)).listed(list(9)).gone).toEqual([]);
  });

  it("says nothing of states that are older than what is known", () => {
    expect(followed(at(8)).listed(list(9, at(5))).seen).toEqual([]);
  });
});

describe("a watch that is dead", () => {
  it("has still not told by the next list", () => {
    const known = followed(at(5));
    known.listed(list(9, at(6), at(7, "u2")));
    expect(known.listed(list(10, at(6), at(7, "u2"))).untold).toBe(2);
    known.seen(at(6));
    known.seen(at(6, "u2"));
    expect(known.listed(list(11, at(6), at(7, "u2"))).untold).toBe(1);
  });

  it("is not one that was merely late", () => {
    const known = followed(at(5));
    known.listed(list(9, at(6), at(7, "u2")));
    known.seen(at(8));
    known.seen(at(7, "u2"));
    expect(known.listed(list(10, at(8), at(7, "u2"))).untold).toBe(0);
  });

  it("is not one that does not know of what came and went", () => {
    const known = followed(at(5));
    known.listed(list(9, at(7, "u2")));
    expect(known.listed(list(10)).untold).toBe(0);
  });

  it("is not one that told of a deletion which a late list does not know of", () => {
    const known = followed(at(5));
    known.listed(list(9, at(6)));
    known.gone(at(11));
    expect(known.listed(list(10, at(6))).untold).toBe(0);
  });
});

describe("a watch that is silent", () => {
  it("has told of no state since the last list", () => {
    const known = followed(at(5));
    const isSilent = () => known.listed(list(9, at(5))).silent;
    expect([isSilent(), isSilent()]).toEqual([false, true]);
    known.seen(at(4));
    expect([isSilent(), isSilent()]).toEqual([false, true]);
    known.gone(at(10, "u2"));
    expect(isSilent()).toBe(true);
  });
});
