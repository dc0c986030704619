import { beforeEach, describe, expect, it } from "vitest";
import { useOwnOperators } from "../support/own-operators";
import { eventually, Playground, said } from "../support/play";

const { start } = useOwnOperators();
let play: Playground;

beforeEach(async () => {
  play = await Playground.create();
});

describe("the environment", () => {
  it("NAMESPACES limits the operator to some namespaces", async () => {
    const other = await Playground.create();
    const operator = await start({ NAMESPACES: `${play.namespace}, unheard-of` });
    await Promise.all([play.criticalService("shop"), other.criticalService("shop")]);
    await other.service("shop");
    await play.service("shop");
    await play.fallbackServes("shop");
    await play.operatorCaughtUp(() => operator.lines);
    expect(await other.find("service-watcher-shop")).toBeUndefined();
    expect(operator.lines.some(({ msg }) => msg.includes(other.namespace))).toBe(false);
  });

  it("POD_NAME_PREFIX, POD_TEMPLATE and POD_TEMPLATE_NS say what the fallback Pod is", async () => {
    await play.podTemplate("page");
    await start({
      NAMESPACES: play.namespace,
      POD_NAME_PREFIX: "standin",
      POD_TEMPLATE: "page",
      POD_TEMPLATE_NS: play.namespace,
    });
    await play.criticalService("shop");
    await play.service("shop");
    const pod = await eventually(async () => {
      const found = await play.find("standin-shop");
      expect(found).toBeDefined();
      return found;
    });
    expect(pod?.spec?.containers[0]?.image).toBe("example.com/page:1");
    expect(pod?.metadata?.labels).toMatchObject({ from: "template", app: "shop" });
  });

  it("POD_TEMPLATE may ask for anything, in every namespace", async () => {
    const other = await Playground.create();
    await play.podTemplate("page", { hostNetwork: true });
    await start({ POD_TEMPLATE: "page", POD_TEMPLATE_NS: play.namespace });
    await other.criticalService("shop");
    await other.service("shop");
    const pod = await other.fallbackServes("shop");
    expect(pod.spec?.hostNetwork).toBe(true);
    expect(pod.metadata?.labels).toMatchObject({ from: "template" });
  });

  it("ALLOW_PRIVILEGED_TEMPLATES lets the PodTemplate of a CriticalService do the same", async () => {
    const other = await Playground.create();
    await play.podTemplate("page", { hostNetwork: true });
    await start({ ALLOW_PRIVILEGED_TEMPLATES: "true", NAMESPACES: other.namespace });
    const named = { podTemplate: { namespace: play.namespace, name: "page" } };
    await other.criticalService("shop", "shop", named);
    await other.service("shop");
    const pod = await other.fallbackServes("shop");
    expect(pod.spec?.hostNetwork).toBe(true);
    expect(pod.metadata?.labels).toMatchObject({ from: "template" });
  });

  it("LOG_LEVEL takes the original's names", async () => {
    const operator = await start({ NAMESPACES: play.namespace, LOG_LEVEL: "WARNING" });
    await play.criticalService("shop");
    await play.service("shop");
    await play.fallbackServes("shop");
    said(operator.lines, `Service shop from Namespace ${play.namespace} has no selected POD`);
    expect(operator.lines.filter(({ level }) => level < 40)).toEqual([]);
  });

  it("ends the start with a message that names the variable if a value is bad", async () => {
    const operator = await start({ LOG_LEVEL: "LOUD", POD_NAME_PREFIX: "No!" });
    expect(await operator.ended()).toBe(1);
    expect(operator.output).toContain('LOG_LEVEL is "LOUD": it must be one of trace, debug, info');
    expect(operator.output).toContain('POD_NAME_PREFIX is "No!": it must be');
  });
});
