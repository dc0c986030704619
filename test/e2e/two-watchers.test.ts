import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Poller } from "../../hack/bench/poller";
import { answers, expectHandover } from "./support/answers";
import { operatorReady } from "./support/deploy";
import { eventually, kubectl, Stage } from "./support/stage";
import { WATCHER, watcherLog, watcherPods } from "./support/watcher";

/** The Service's being lame is told only if the fallback takes its time. */
const REASONS = ["FallbackActive", "FallbackReleased"];

describe("two watchers", () => {
  let stage: Stage;
  let client: Poller;

  beforeAll(async () => {
    await scale(2);
    stage = await Stage.create();
    await stage.realPods();
    await stage.service();
    await stage.kubectl("rollout", "status", "deployment/shop", "--timeout=60s");
    await stage.critical();
    client = await stage.poll();
    await answers(client, "real");
  });
  afterAll(async () => {
    await scale(1);
    await stage.close();
  });

  it("make one fallback Pod of a loss, and count it once", async () => {
    await stage.loseByForce();
    await answers(client, "fallback");
    const uids = await stage.fallbacks();
    expect(uids).toHaveLength(1);
    await bothSay(": has no selected POD: Pod service-watcher-shop answers");
    expect(await stage.fallbacks()).toEqual(uids);
    await backWithoutAFailure();
    await bothSay(" now has 1 selected POD(s)");
    await eventually(async () => {
      const told = (await events()).filter(event => !event.startsWith("ServiceLame"));
      expect(told).toEqual(REASONS.map(reason => `${reason} 1`));
    });
  });

  it("lose nothing with one of them", async () => {
    const [one, other] = await watcherPods();
    const deletion = ["delete", "pod", one?.name ?? "", "--force", "--grace-period=0"];
    await Promise.all([kubectl.run([...deletion, ...WATCHER.slice(0, 2)]), stage.loseByForce()]);
    await answers(client, "fallback");
    expect(await stage.fallbacks()).toHaveLength(1);
    await operatorReady();
    await backWithoutAFailure();
    const names = (await watcherPods()).map(({ name }) => name);
    expect(names).toContain(other?.name);
    expect(names).not.toContain(one?.name);
  });

  async function backWithoutAFailure(): Promise<void> {
    const begin = Date.now();
    await stage.scale(1);
    await answers(client, "real");
    await eventually(async () => {
      expect(await stage.fallbacks()).toEqual([]);
    });
    await client.stop();
    expectHandover(client.since(begin), "fallback", "real");
    client = await stage.poll();
    await answers(client, "real");
  }

  async function bothSay(what: string): Promise<void> {
    await eventually(async () => {
      for (const { name } of await watcherPods()) {
        const line = `Service shop from Namespace ${stage.namespace}${what}`;
        expect(await watcherLog(name)).toContain(line);
      }
    });
  }

  /** Of the Service: reason and count of each. */
  async function events(): Promise<string[]> {
    const fields = "involvedObject.kind=Service,involvedObject.name=shop";
    const path = `jsonpath={range .items[*]}{.reason} {.count}{"\\n"}{end}`;
    const lines = await stage.kubectl("get", "events", "--field-selector", fields, "-o", path);
    return lines.trim().split("\n").sort();
  }
});

async function scale(replicas: number): Promise<void> {
  await kubectl.run(["scale", ...WATCHER, `--replicas=${replicas}`]);
  await operatorReady();
  await eventually(async () => {
    expect(await watcherPods()).toHaveLength(replicas);
  });
}
