import { beforeEach, describe, expect, it } from "vitest";
import { View } from "../../capabilities/domain/view";
import { Attention } from "../../capabilities/engine/attention";
import { critical, fallback, KEY, NAMES_WEB, service, slice, standbySlice } from "./objects";

let view: View;
let attention: Attention;

beforeEach(() => {
  view = new View();
  attention = new Attention(view);
  view.setService(service());
  view.setSlice(slice(true));
});

describe("a Service", () => {
  it("is of no concern if it is well and no CriticalService names it", () => {
    view.allIsKnown();
    expect(attention.isDue(KEY)).toBe(false);
  });

  it.each([
    ["it is lame", () => view.setSlice(slice(false, "2"))],
    ["a CriticalService names it", () => view.setCriticalService(critical(NAMES_WEB))],
    ["a fallback Pod is there", () => view.setFallback(fallback())],
    ["an EndpointSlice of ours is there", () => view.setSlice(standbySlice())],
  ])("is of concern if %s", (_, change) => {
    view.allIsKnown();
    change();
    expect(attention.isDue(KEY)).toBe(true);
  });

  it("is looked at once more when it is of no concern any longer", () => {
    view.allIsKnown();
    view.setSlice(slice(false, "2"));
    expect(attention.isDue(KEY)).toBe(true);
    view.setSlice(slice(true, "3"));
    expect(attention.isDue(KEY)).toBe(true);
    expect(attention.isDue(KEY)).toBe(false);
  });

  it("is of concern as long as the CriticalServices are not known", () => {
    expect(attention.isDue(KEY)).toBe(true);
  });
});
