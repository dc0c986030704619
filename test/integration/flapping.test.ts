import { K8s, kind } from "kubernetes-fluent-client";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CriticalService } from "../../capabilities/cluster/critical-services";
import type { Phase } from "../../capabilities/domain/service-state";
import { eventually, Playground, useSharedCluster } from "../support/play";

const AN_HOUR = 3600;
let play: Playground;
let critical: string;

beforeAll(useSharedCluster);
beforeEach(async () => {
  play = await Playground.create();
  await play.service("shop");
});

describe("a critical Service that flaps", () => {
  it("gets no fallback before it has been lame for activateAfterSeconds", async () => {
    await play.pod("web", "shop");
    critical = await play.criticalService("shop", "shop", { activateAfterSeconds: AN_HOUR });
    await phase("Healthy");
    for (let flap = 0; flap < 3; flap++) {
      await play.setReady("web", false);
      await phase("Waiting");
      await play.setReady("web", true);
      await phase("Healthy");
    }
    expect(await eventReasons()).toEqual([]);
    expect(await play.fallbacks("shop")).toEqual([]);

    await play.criticalService("shop", "shop", { activateAfterSeconds: 2 });
    const lameAt = Date.now();
    await play.setReady("web", false);
    const fallback = await play.fallbackServes("shop");
    // Kubernetes writes the time of creation in whole seconds.
    const createdAt = fallback.metadata?.creationTimestamp ?? 0;
    expect(new Date(createdAt).getTime()).toBeGreaterThan(lameAt + 1000);
    await phase("Active");
  });

  it("keeps its fallback until it has been well for releaseAfterSeconds", async () => {
    critical = await play.criticalService("shop", "shop", { releaseAfterSeconds: AN_HOUR });
    const fallback = await play.fallbackServes("shop");
    const web = await play.pod("web", "shop");
    for (let flap = 0; flap < 2; flap++) {
      await phase("Releasing");
      expect((await play.podsBehind("shop")).sort()).toEqual(
        [fallback.metadata?.uid, web.metadata?.uid].sort(),
      );
      await play.setReady("web", false);
      await phase("Active");
      await play.setReady("web", true);
    }
    await phase("Releasing");
    expect(await eventReasons()).not.toContain("FallbackReleased");

    await play.criticalService("shop", "shop", { releaseAfterSeconds: 2 });
    await play.fallbackGone("shop");
    await phase("Healthy");
    expect(await play.podsBehind("shop")).toEqual([web.metadata?.uid]);
  });
});

/** Waits until the status says that the Service is in a phase. */
function phase(expected: Phase): Promise<void> {
  return eventually(async () => {
    const { status } = await K8s(CriticalService).Get(critical);
    expect(status?.services?.map(({ phase }) => phase)).toEqual([expected]);
  });
}

async function eventReasons(): Promise<string[]> {
  const { items } = await K8s(kind.CoreEvent).InNamespace(play.namespace).Get();
  return items
    .filter(({ involvedObject }) => involvedObject.kind === "Service")
    .map(({ reason }) => reason ?? "");
}
