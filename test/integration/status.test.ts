import { K8s, kind } from "kubernetes-fluent-client";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CriticalService } from "../../capabilities/cluster/critical-services";
import type { CriticalServiceStatus } from "../../capabilities/domain/status";
import { eventually, kubectl, Playground, useSharedCluster } from "../support/play";

let play: Playground;

beforeAll(useSharedCluster);
beforeEach(async () => {
  play = await Playground.create();
});

describe("the status of a CriticalService", () => {
  it("follows its Services, and `kubectl get` and `kubectl wait` show it", async () => {
    const name = await critical({ standby: "Cold" });
    await statusIs(name, { matched: 0, lame: 0, active: 0 });
    await kubectl("wait", "--for=condition=Ready", "--timeout=30s", `criticalservice/${name}`);

    await play.service("shop");
    const active = await statusIs(name, { matched: 1, lame: 1, active: 1 });
    expect(active.observedGeneration).toBe(1);
    expect(active.services).toMatchObject([
      {
        namespace: play.namespace,
        name: "shop",
        phase: "Active",
        message: "has no selected POD: Pod service-watcher-shop answers",
      },
    ]);
    await kubectl("wait", "--for=condition=FallbackActive", `criticalservice/${name}`);
    expect(await row(name)).toEqual([name, play.namespace, "Cold", "1", "1", "True"]);

    await play.pod("web", "shop");
    const well = await statusIs(name, { matched: 1, lame: 0, active: 0 });
    expect(well.services).toMatchObject([{ phase: "Healthy" }]);
  });

  it("drops a Service that it no longer names, and one that is gone", async () => {
    const name = await play.criticalService("shop");
    await play.service("shop");
    await statusIs(name, { matched: 1 });
    await play.patchService("shop", { metadata: { labels: { app: "other" } } });
    await statusIs(name, { matched: 0, active: 0 });
    await play.patchService("shop", { metadata: { labels: { app: "shop" } } });
    await statusIs(name, { matched: 1 });
    await K8s(kind.Service).InNamespace(play.namespace).Delete("shop");
    await statusIs(name, { matched: 0, services: [] });
  });

  it("says what keeps a Service from its fallback, and when that is over", async () => {
    const name = await critical({ podTemplate: { namespace: play.namespace, name: "own" } });
    await play.service("shop");
    const blocked = await statusIs(name, { lame: 1, active: 0 }, "Degraded", "True");
    expect(blocked.services).toMatchObject([{ phase: "Blocked" }]);
    expect(JSON.stringify(blocked.conditions)).toContain(
      `there is no PodTemplate ${play.namespace}/own: create it`,
    );
    await K8s(kind.PodTemplate).Apply({
      metadata: { namespace: play.namespace, name: "own" },
      template: { spec: { containers: [{ name: "db", image: "example.com/db:1" }] } },
    } as kind.PodTemplate);
    await statusIs(name, { active: 1 }, "Degraded", "False");
  });

  it("shows what Pod Security refuses, and so does an Event", async () => {
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    await K8s(kind.Namespace).Apply(
      { metadata: { name: play.namespace, labels } },
      { force: true },
    );
    const name = await play.criticalService("shop");
    await play.service("shop");
    const { conditions } = await statusIs(name, { active: 0 }, "Ready", "False");
    expect(JSON.stringify(conditions)).toContain("violates PodSecurity");
    const [event] = await events("Service", "shop", "FallbackRefused");
    expect(event?.message).toContain("violates PodSecurity");
    expect(event?.type).toBe("Warning");
    const [onCriticalService] = await events("CriticalService", name, "FallbackRefused");
    expect(onCriticalService?.message).toContain(`${play.namespace}/shop: has no selected POD`);
  });

  it("warns of ports that the page leaves out, before the page is needed", async () => {
    const name = await critical({ page: {} });
    await play.pod("web", "shop");
    await play.service("shop");
    await play.patchService("shop", {
      spec: {
        ports: [
          { name: "http", port: 80, targetPort: 8080 },
          { name: "dns", port: 53, protocol: "UDP", targetPort: 5353 },
        ],
      },
    });
    const status = await statusIs(name, { matched: 1, lame: 0 }, "Degraded", "True");
    expect(status.services?.[0]?.warnings?.join()).toContain("does not serve port dns (53)");
    expect((await events("Service", "shop", "FallbackWarning"))[0]?.message).toContain("dns (53)");
  });
});

describe("the Events of a Service", () => {
  it("tell of a failover, and count it up when it happens again", async () => {
    await play.criticalService("shop");
    await play.service("shop");
    await play.fallbackServes("shop");
    for (const name of ["web-1", "web-2"]) {
      await play.pod(name, "shop");
      await play.fallbackGone("shop");
      await play.deletePod(name);
      await play.fallbackServes("shop");
    }
    await eventually(async () => {
      const counts = await Promise.all(
        ["FallbackActive", "FallbackReleased"].map(reason => events("Service", "shop", reason)),
      );
      expect(counts.map(found => found.map(({ count }) => count))).toEqual([[3], [2]]);
      expect(counts[1]?.[0]?.message).toMatch(
        /^is well again after \d+ s on its fallback: has Ready Pods of its own/,
      );
    });
    expect(await kubectl("describe", "service", "shop", "-n", play.namespace)).toContain(
      "has no selected POD: Pod service-watcher-shop answers",
    );
  });

  it("tell that a Service is lame if its fallback takes its time", async () => {
    await K8s(kind.PodTemplate).Apply({
      metadata: { namespace: play.namespace, name: "never-ready" },
      template: {
        metadata: { annotations: { "critical-service-operator/not-ready": "true" } },
        spec: { containers: [{ name: "page", image: "example.com/page:1" }] },
      },
    });
    const podTemplate = { namespace: play.namespace, name: "never-ready" };
    await play.criticalService("shop", "shop", { podTemplate });
    await play.service("shop");
    await eventually(async () => {
      expect((await events("Service", "shop", "ServiceLame"))[0]?.message).toBe(
        "has no selected POD: its fallback Pod starts",
      );
    });
  });
});

/** Waits for the status to have these fields, and a condition to be as told. */
async function statusIs(
  name: string,
  fields: Partial<CriticalServiceStatus>,
  type?: string,
  value?: string,
): Promise<CriticalServiceStatus> {
  return eventually(async () => {
    const { status } = await K8s(CriticalService).Get(name);
    expect(status).toMatchObject(fields);
    if (type !== undefined) {
      expect(status?.conditions?.find(one => one.type === type)?.status).toBe(value);
    }
    return status ?? {};
  });
}

/** Waits for the Events of an object for a reason. */
async function events(kindName: string, name: string, reason: string): Promise<kind.CoreEvent[]> {
  return eventually(async () => {
    const namespace = kindName === "Service" ? play.namespace : "default";
    const { items } = await K8s(kind.CoreEvent).InNamespace(namespace).Get();
    const found = items.filter(
      ({ involvedObject, reason: given }) =>
        involvedObject.kind === kindName && involvedObject.name === name && given === reason,
    );
    expect(found).not.toEqual([]);
    return found;
  });
}

async function row(name: string): Promise<string[]> {
  const table = await kubectl("get", "crisvc", name, "--no-headers");
  return table.trim().split(/\s+/).slice(0, -1);
}

async function critical(spec: object): Promise<string> {
  const name = play.namespace;
  const matchLabels = [{ key: "app", value: "shop" }];
  await K8s(CriticalService).Apply({
    metadata: { name },
    spec: { namespace: play.namespace, matchLabels, ...spec },
  } as unknown as InstanceType<typeof CriticalService>);
  return name;
}
