import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FaultProxy, type ProxiedRequest } from "../../hack/chaos/proxy";
import type { OperatorProcess } from "../../hack/operator";
import { useOwnOperators } from "../support/own-operators";
import { eventually, Playground, said } from "../support/play";

// Each test has an operator of its own, with a proxy between it and the API server.
const own = useOwnOperators();
let play: Playground;
let proxy: FaultProxy;
let operator: OperatorProcess;

beforeEach(async () => {
  play = await Playground.create();
  const pem = (file: string) =>
    readFileSync(join(own.cluster.controlPlane.dir, "certs", file), "utf8");
  const certificate = pem("apiserver.crt");
  const { server } = own.cluster.controlPlane;
  proxy = await FaultProxy.start({ server, certificate, key: pem("apiserver.key") });
});
afterEach(() => {
  proxy.close();
});

describe("an operator whose API server fails", () => {
  it("as it begins to list: it goes on until it knows all there is", async () => {
    await play.criticalService("shop");
    await play.service("shop");
    proxy.fault = { kind: "errors", share: 1, word: "endpointslices" };
    await start({});
    await eventually(() =>
      said(operator.lines, "Listing all there is: listing the EndpointSlices"),
    );
    expect(await play.fallbacks("shop")).toEqual([]);
    proxy.fault = undefined;
    await play.fallbackServes("shop");
  });

  it("as Pepr begins to watch, which it then never does: it goes on by its own watches", async () => {
    await play.criticalService("shop");
    proxy.fault = { kind: "errors", share: 1, word: "peprstores" };
    await start({});
    await eventually(() => said(operator.lines, "Failed to create Pepr store"));
    proxy.fault = undefined;
    await play.service("shop");
    await play.fallbackServes("shop");
    await eventually(() => said(operator.lines, "Pod service-watcher-shop answers"));
    await play.pod("web", "shop");
    await play.fallbackGone("shop");
    expect([...proxy.openWatches().values()]).toEqual([1, 1, 1, 1, 1]);
  });

  it("for long: it goes on and puts right what it missed", async () => {
    await start({});
    await play.criticalService("shop");
    await play.service("shop");
    await play.fallbackServes("shop");
    proxy.fault = { kind: "unreachable" };
    await seen(({ path }) => path.startsWith("/api/v1/services"), 8);
    await play.pod("web", "shop");
    proxy.fault = undefined;
    await play.fallbackGone("shop");
    said(operator.lines, `Service shop from Namespace ${play.namespace} now has 1 selected POD(s)`);
  });
});

describe("an operator whose watches fall silent", () => {
  it("finds by a list what they missed, and watches anew", async () => {
    await start({ RELIST_SECONDS: "3" });
    await play.criticalService("shop");
    await allWatched();
    proxy.fault = { kind: "silent watches" };
    await play.service("shop");
    await play.fallbackServes("shop");
    said(operator.lines, "A list brought changes before the watch did");
    const dead = ["Services", "EndpointSlices"].map(plural => `The watch of the ${plural} is dead`);
    await eventually(() => dead.map(line => said(operator.lines, line)));
    const before = operator.lines.length;
    await play.pod("web", "shop");
    await play.fallbackGone("shop");
    expect(operator.lines.slice(before).map(({ msg }) => msg)).not.toContain(
      "A list brought changes before the watch did",
    );
  });

  it("puts right by lists what takes several steps, before it watches anew", async () => {
    await start({ RELIST_SECONDS: "20" });
    await play.criticalService("shop", "shop", { standby: "Warm" });
    await allWatched();
    proxy.fault = { kind: "silent watches" };
    await play.service("shop");
    await play.fallbackServes("shop");
    // The EndpointSlice is there a moment before the operator hears and tells of it.
    await eventually(() => {
      const dead = operator.lines.findIndex(({ msg }) => msg.includes("is dead"));
      said(operator.lines.slice(0, dead < 0 ? undefined : dead), "Standby endpoint published");
    });
  });
});

describe("an answer that is late", () => {
  it("does not keep the operator from telling that the fallback has come meanwhile", async () => {
    await play.criticalService("shop");
    await start({});
    await allWatched();
    proxy.fault = { kind: "slow", delayMs: 2000, word: `${play.namespace}/pods` };
    await play.service("shop");
    await eventually(() => said(operator.lines, "Pod service-watcher-shop answers"));
  });
});

describe("a list that is late", () => {
  it("does not make the operator forget what was created since", async () => {
    await start({ RELIST_SECONDS: "2" });
    await allWatched();
    proxy.takeRequests();
    proxy.fault = { kind: "late lists", delayMs: 4000 };
    const isList = ({ path }: ProxiedRequest) => path.startsWith("/api/v1/services?limit");
    const asked = await seen(isList);
    await play.service("shop");
    await eventually(() => {
      expect(asked.filter(isList).every(({ status }) => status === 200)).toBe(true);
    });
    proxy.fault = undefined;
    await play.criticalService("shop");
    await play.fallbackServes("shop");
  });
});

async function start(env: Record<string, string>): Promise<void> {
  const { dir, server } = own.cluster.controlPlane;
  const file = join(mkdtempSync(join(dir, "proxy-")), "kubeconfig");
  const direct = readFileSync(own.cluster.operatorKubeconfig, "utf8");
  writeFileSync(file, direct.replace(server, proxy.url));
  operator = await own.start({ ...env, KUBECONFIG: file, NAMESPACES: play.namespace });
}

/** Waits until all watches are open: Pepr has one of the PodTemplates, too. */
async function allWatched(): Promise<void> {
  await eventually(() => {
    const watched = [...proxy.openWatches()].filter(([path]) => !path.includes("pepr.dev"));
    expect(watched.map(([, count]) => count).sort()).toEqual([1, 1, 1, 1, 2]);
  });
}

/** Waits until so many such requests came. @returns those that came meanwhile */
async function seen(suits: (request: ProxiedRequest) => boolean, count = 1) {
  const requests: ProxiedRequest[] = [];
  return eventually(() => {
    requests.push(...proxy.takeRequests());
    expect(requests.filter(suits).length).toBeGreaterThanOrEqual(count);
    return requests;
  });
}
