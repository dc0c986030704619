import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Poller } from "../../hack/bench/poller";
import { answers } from "./support/answers";
import { operatorReady } from "./support/deploy";
import { eventually, kubectl, Stage } from "./support/stage";
import { WATCHER, watcherLog, watcherPods } from "./support/watcher";

const FAILED = "The watch failed; it is made anew";
const MISSED = "A list brought changes before the watch did";

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
    // An open watch goes on after its permission has gone; that of a new process is refused.
    await setEnv("RELIST_SECONDS=600");
  });
  afterAll(async () => {
    await grant(role);
    await setEnv("RELIST_SECONDS-");
    await stage.close();
  });

  it("starts the fallback by its lists, and removes it", async () => {
    await failOverAndBack();
    const diary = [FAILED, MISSED, "Fallback Pod started", MISSED, "Fallback Pod removed"];
    expect(await ofTheWatcher()).toMatch(new RegExp(diary.join(".*"), "s"));
  });

  it("watches again once it may, without a restart", async () => {
    await grant(role);
    await failOverAndBack();
    const before = (await ofTheWatcher()).length;
    await failOverAndBack();
    const log = (await ofTheWatcher()).slice(before);
    expect(log).toContain("Fallback Pod started");
    expect(log).not.toContain(FAILED);
    expect(log).not.toContain(MISSED);
    expect((await watcherPods()).map(({ restarts }) => restarts)).toEqual([0]);
  });

  async function ofTheWatcher(): Promise<string> {
    const [pod] = await watcherPods();
    return watcherLog(pod?.name ?? "");
  }

  async function failOverAndBack(): Promise<void> {
    await stage.loseByForce();
    await answers(client, "fallback");
    await back();
  }

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
