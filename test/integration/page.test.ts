import { K8s, kind } from "kubernetes-fluent-client";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CriticalService } from "../../capabilities/cluster/critical-services";
import { eventually, Playground, useSharedCluster } from "../support/play";

let play: Playground;

beforeAll(useSharedCluster);
beforeEach(async () => {
  play = await Playground.create();
});

describe("a page", () => {
  it("is served by a Pod that a namespace with the restricted standard takes", async () => {
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    await K8s(kind.Namespace).Apply(
      { metadata: { name: play.namespace, labels } },
      { force: true },
    );
    await critical({ page: { message: "Back at noon" } });
    await play.service("shop");
    const pod = await play.fallbackServes("shop");
    expect(pod.spec?.containers[0]?.image).toBe(
      "docker.io/nginxinc/nginx-unprivileged:1.29-alpine",
    );
    expect(Object.values(pod.metadata?.annotations ?? {}).join()).toContain("Back at noon");
    expect(pod.spec?.automountServiceAccountToken).toBe(false);
  });

  it("listens where the Service leads, by number and by name", async () => {
    await critical({ page: {} });
    await play.service("shop");
    await play.patchService("shop", {
      spec: {
        ports: [
          { name: "http", port: 80, targetPort: 8088 },
          { name: "low", port: 81, targetPort: 80 },
          { name: "named", port: 82, targetPort: "web" },
          { name: "same", port: 83, targetPort: 8088 },
          { name: "dns", port: 53, protocol: "UDP", targetPort: 5353 },
        ],
      },
    });
    await play.fallbackServes("shop", ({ spec }) => {
      const numbers = spec?.containers[0]?.ports?.map(port => port.containerPort);
      return numbers?.join() === "80,8088,20000";
    });
    await play.operatorSays(
      `Service shop from Namespace ${play.namespace}: its page does not serve port dns (53), which is UDP`,
    );
  });

  it("that changes is served by a new Pod, and the old one goes only then", async () => {
    await critical({ page: { message: "first" } });
    await play.service("shop");
    const before = await play.fallbackServes("shop");
    await critical({ page: { message: "second" } });
    const behind: string[][] = [];
    await eventually(async () => {
      behind.push(await play.podsBehind("shop"));
      const { items } = await K8s(kind.Pod).InNamespace(play.namespace).Get();
      expect(items.map(({ metadata }) => metadata?.uid)).not.toContain(before.metadata?.uid);
      expect(items).toHaveLength(1);
      expect(Object.values(items[0]?.metadata?.annotations ?? {}).join()).toContain("second");
    });
    expect(behind.filter(pods => pods.length === 0)).toEqual([]);
    await play.pod("web", "shop");
    await play.fallbackGone("shop");
  });

  it("comes from a ConfigMap of the Service's namespace, and follows its changes", async () => {
    const serves = (html: string) =>
      play.fallbackServes("shop", ({ metadata }) =>
        Object.values(metadata?.annotations ?? {}).includes(html),
      );
    await configMap("<h1>From the ConfigMap</h1>");
    await critical({ page: { configMap: { name: "page", key: "index.html" } } });
    await play.service("shop");
    await serves("<h1>From the ConfigMap</h1>");
    await configMap("<h1>Another one</h1>");
    await serves("<h1>Another one</h1>");
  });

  it("from a ConfigMap that is not there is the default one, with a warning", async () => {
    await critical({ page: { configMap: { name: "page", key: "index.html" }, title: "Soon" } });
    await play.service("shop");
    const { metadata } = await play.fallbackServes("shop");
    expect(Object.values(metadata?.annotations ?? {}).join()).toContain("Soon");
    await play.operatorSays(
      `spec.page.configMap: ConfigMap ${play.namespace}/page is not there or has no key index.html`,
    );
  });

  it("can't stand in for a Service without a port for HTTP, and the operator says so", async () => {
    await critical({ page: {} });
    await play.service("shop");
    const udp = [{ port: 53, protocol: "UDP", targetPort: 53 }];
    await play.pod("web", "shop");
    await play.operatorSays(`Service shop from Namespace ${play.namespace} now has 1 selected POD`);
    await play.patchService("shop", { spec: { ports: udp } });
    await play.deletePod("web");
    const text = `Service shop from Namespace ${play.namespace}: spec.ports of the Service has no port`;
    expect((await play.operatorSays(text)).level).toBe(40);
    await play.fallbackGone("shop");
  });
});

describe("a PodTemplate of the CriticalService's own", () => {
  it("is what the fallback Pod runs", async () => {
    await podTemplate({ containers: [{ name: "db", image: "example.com/db:1" }] });
    await critical({ podTemplate: { namespace: play.namespace, name: "own" } });
    await play.service("shop");
    const { spec } = await play.fallbackServes("shop");
    expect(spec?.containers[0]?.image).toBe("example.com/db:1");
  });

  it("takes over from a page while the fallback is up", async () => {
    await critical({ page: {} });
    await play.service("shop");
    await play.fallbackServes("shop");
    await podTemplate({ containers: [{ name: "db", image: "example.com/db:1" }] });
    await critical({ podTemplate: { namespace: play.namespace, name: "own" } });
    await eventually(async () => {
      const { items } = await K8s(kind.Pod).InNamespace(play.namespace).Get();
      expect(items.map(({ spec }) => spec?.containers[0]?.image)).toEqual(["example.com/db:1"]);
    });
  });

  it("that asks for power over the Node is refused with the fields' names", async () => {
    await podTemplate({
      hostNetwork: true,
      serviceAccountName: "builder",
      volumes: [{ name: "root", hostPath: { path: "/" } }],
      containers: [
        {
          name: "db",
          image: "example.com/db:1",
          securityContext: { privileged: true, capabilities: { add: ["NET_ADMIN"] } },
        },
      ],
    });
    await critical({ podTemplate: { namespace: play.namespace, name: "own" } });
    await play.service("shop");
    const { msg, level } = await play.operatorSays(`PodTemplate ${play.namespace}/own asks for`);
    expect(level).toBe(40);
    for (const field of [
      "template.spec.hostNetwork",
      "template.spec.serviceAccountName",
      "template.spec.volumes[0].hostPath",
      "template.spec.containers[0].securityContext.privileged",
      "template.spec.containers[0].securityContext.capabilities.add",
    ]) {
      expect(msg).toContain(field);
    }
    await play.fallbackGone("shop");
  });

  it("that is missing is asked for, and works once it is there", async () => {
    await critical({ podTemplate: { namespace: play.namespace, name: "own" } });
    await play.service("shop");
    await play.operatorSays(`spec.podTemplate: there is no PodTemplate ${play.namespace}/own`);
    await podTemplate({ containers: [{ name: "db", image: "example.com/db:1" }] });
    await play.fallbackServes("shop");
  });
});

async function critical(spec: object): Promise<void> {
  const object = {
    metadata: { name: play.namespace },
    spec: {
      namespace: play.namespace,
      matchLabels: [{ key: "app", value: "shop" }],
      ...spec,
    },
  };
  await K8s(CriticalService).Apply(object as unknown as InstanceType<typeof CriticalService>);
}

async function configMap(html: string): Promise<void> {
  await K8s(kind.ConfigMap).Apply({
    metadata: { namespace: play.namespace, name: "page" },
    data: { "index.html": html },
  });
}

async function podTemplate(spec: object): Promise<void> {
  await K8s(kind.PodTemplate).Apply({
    metadata: { namespace: play.namespace, name: "own" },
    template: { spec },
  } as kind.PodTemplate);
}
