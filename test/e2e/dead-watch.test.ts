import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Poller } from "../../hack/bench/poller";
import { answers } from "./support/answers";
import { operatorReady } from "./support/deploy";
import { eventually, kubectl, Stage } from "./support/stage";
import { WATCHER, watcherLog, watcherPods } from "./support/watcher";

const DEAD = "The watch of each EndpointSlice is dead";
/** What it logs, in this order. */
const DIARY = [`"kind":"EndpointSlice","missed":`, "Fallback Pod started", DEAD];

interface ClusterRole {
  readonly metadata: { readonly name: string };
  readonly rules: readonly { readonly resources: readonly string[]; verbs: readonly string[] }[];
}

describe("an operator whose watch of EndpointSlices is refused, while lists work", () => {
  let stage: Stage;
  let client: Poller;
  let role: ClusterRole;

  beforeAll(async () => {
    role = await clusterRole();
    stage = await Stage.create();
    await stage.realPods();
    await stage.service();
    await stage.critical();
    await stage.kubectl("rollout", "status", "deployment/shop", "--timeout=60s");
    client = await stage.poll();
    await answers(client, "real");
    await grant(withoutWatch(role));
    // The client of the watch would list all there is with each attempt, and so be merely late.
    await setEnv("RELIST_SECONDS=5", "PEPR_RESYNC_DELAY_SECONDS=3600");
  });
  afterAll(async () => {
    await grant(role);
    await setEnv("RELIST_SECONDS-", "PEPR_RESYNC_DELAY_SECONDS-");
    await stage.close();
  });

  it("starts the fallback by its lists, and ends for Kubernetes to start it again", async () => {
    await stage.loseByForce();
    await answers(client, "fallback");
    const name = await eventually(async () => {
      const [pod] = await watcherPods();
      expect(pod).toMatchObject({ restarts: 1, ended: { reason: "Completed", exitCode: 0 } });
      return pod?.name ?? "";
    });
    const log = await watcherLog(name, "--previous");
    expect(log).toMatch(new RegExp(DIARY.join(".*"), "s"));
  });

  it("is not started again any more once it may watch", async () => {
    await grant(role);
    await setEnv("RELIST_SECONDS=2");
    await back();
    await stage.loseByForce();
    await answers(client, "fallback");
    await back();
    const [pod, ...more] = await watcherPods();
    expect([pod?.restarts, more]).toEqual([0, []]);
    expect(await watcherLog(pod?.name ?? "")).not.toContain(DEAD);
  });

  async function back(): Promise<void> {
    await stage.scale(1);
    await answers(client, "real");
    await eventually(async () => {
      expect(await stage.fallbacks()).toEqual([]);
    });
  }
});

async function clusterRole(): Promise<ClusterRole> {
  const { metadata, ...role } = JSON.parse(
    await kubectl.run(["get", "clusterrole", "pepr-critsvc", "-o", "json"]),
  ) as ClusterRole;
  return { ...role, metadata: { name: metadata.name } };
}

function withoutWatch(role: ClusterRole): ClusterRole {
  const rules = role.rules.map(rule =>
    rule.resources.includes("endpointslices")
      ? { ...rule, verbs: rule.verbs.filter(verb => verb !== "watch") }
      : rule,
  );
  return { ...role, rules };
}

/** In the name of Pepr, so that its next deployment finds nothing changed by somebody else. */
async function grant(role: ClusterRole): Promise<void> {
  const flags = ["--server-side", "--force-conflicts", "--field-manager=pepr"];
  await kubectl.run(["apply", ...flags, "-f", "-"], JSON.stringify(role));
}

/** Sets the operator's environment, which starts it anew. */
async function setEnv(...variables: string[]): Promise<void> {
  await kubectl.run(["set", "env", ...WATCHER, ...variables]);
  await operatorReady();
}
