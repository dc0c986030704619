import { K8s, kind } from "kubernetes-fluent-client";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { MatchedService } from "../../hack/cli/match";
import { critsvc, critsvcJson } from "../support/cli";
import { critical, manifest, write, yaml } from "../support/manifests";
import { eventually, kubectl, Playground, useSharedCluster } from "../support/play";

let play: Playground;

beforeAll(useSharedCluster);
beforeEach(async () => {
  play = await Playground.create();
});

describe("critsvc match", () => {
  it("tells what a CriticalService would do, and keeps nothing", async () => {
    await play.service("shop");
    await play.patchService("shop", {
      spec: {
        ports: [
          { name: "http", port: 80, targetPort: 8088 },
          { name: "named", port: 82, targetPort: "web" },
          { name: "dns", port: 53, protocol: "UDP", targetPort: 5353 },
        ],
      },
    });
    await play.service("other");
    const file = write(manifest(play, { page: { title: "Soon", statusCode: 500 } }));
    await eventually(async () => {
      const { code, criticalServices } = await match("-f", file);
      expect(criticalServices).toEqual([
        {
          criticalService: play.namespace,
          admission: { verdict: "accepted" },
          services: [
            {
              namespace: play.namespace,
              name: "shop",
              lame: true,
              now: "has no selected POD",
              standby: "Cold",
              fallback: {
                runs: 'page (500, en) "Soon"',
                saidBy: play.namespace,
                images: ["docker.io/nginxinc/nginx-unprivileged:1.29-alpine"],
                ports: [
                  { port: 80, protocol: "TCP", containerPort: 8088 },
                  { port: 82, protocol: "TCP", containerPort: 20000 },
                ],
              },
              warnings: [
                "its page does not serve port dns (53), which is UDP, and the fallback page speaks HTTP over TCP",
              ],
              next: {
                action: "start",
                reason: `CriticalService ${play.namespace} names the Service`,
              },
            },
          ],
        },
      ]);
      expect(code).toBe(0);
    });
    expect(await kubectl("get", "crisvc", play.namespace, "--ignore-not-found")).toBe("");
  });

  it("keeps its word: what it tells happens when the CriticalService is applied", async () => {
    await play.service("shop");
    const file = write(manifest(play, { page: {} }));
    const { criticalServices } = await eventually(async () => {
      const told = await match("-f", file);
      expect(told.criticalServices[0]?.services[0]?.next?.action).toBe("start");
      return told;
    });
    await kubectl("apply", "-f", file);
    const pod = await play.fallbackServes("shop");
    const { fallback } = criticalServices[0]?.services[0] ?? {};
    const { image, ports } = pod.spec?.containers[0] ?? {};
    expect([image]).toEqual(fallback?.images);
    expect(ports?.map(({ containerPort }) => containerPort)).toEqual(
      fallback?.ports.map(({ containerPort }) => containerPort),
    );
  });

  it("tells which CriticalService has its way, and which Services are left out", async () => {
    await critical(play, { page: { title: "First" } }, "shop");
    await play.service("shop");
    await K8s(kind.Service).Apply({
      metadata: { namespace: play.namespace, name: "elsewhere", labels: { app: "shop" } },
      spec: { type: "ExternalName", externalName: "example.com" },
    });
    const file = write({
      ...manifest(play, { page: {} }),
      metadata: { name: `${play.namespace}-z` },
    });
    await eventually(async () => {
      const { stdout, code } = await critsvc(["match", "-f", file]);
      expect(stdout).toMatch(/elsewhere +- +- +- +- +none: the Service is of type ExternalName\n/);
      expect(stdout).toMatch(
        new RegExp(
          `shop +yes +Cold +80→8080 +the fallback Pod stays +page \\(503, en\\) "First", ` +
            `as CriticalService ${play.namespace}-shop says\n`,
        ),
      );
      expect(code).toBe(0);
    });
  });

  it("counts a ConfigMap of the same file as applied", async () => {
    await play.service("shop");
    const page = { configMap: { name: "page", key: "index.html" } };
    const configMap = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "page", namespace: play.namespace },
      data: { "index.html": "<h1>Soon</h1>" },
    };
    const warnings = async (...objects: object[]) => {
      const { criticalServices } = await match("-f", write(...objects));
      return criticalServices[0]?.services[0]?.warnings.join();
    };
    expect(await warnings(manifest(play, { page }))).toContain("ConfigMap");
    expect(await warnings(manifest(play, { page }), configMap)).toBe("");
  });

  it("tells for how long a fallback would wait", async () => {
    await play.service("shop");
    const file = write(manifest(play, { activateAfterSeconds: 30 }));
    await eventually(async () => {
      const { stdout } = await critsvc(["match", "-f", file]);
      expect(stdout).toContain("its fallback Pod starts if it is so for 30 s");
    });
  });

  it("says what would keep a Service from its fallback", async () => {
    await play.service("shop");
    const podTemplate = { namespace: play.namespace, name: "own" };
    const { code, stderr } = await critsvc(["match", "-f", write(manifest(play, { podTemplate }))]);
    expect(stderr).toContain(
      `error: Service ${play.namespace}/shop would get no fallback: spec.podTemplate: there is no ` +
        `PodTemplate ${play.namespace}/own: create it\n`,
    );
    expect(code).toBe(1);
  });

  it.each<[string, object, string]>([
    [
      "a bad field",
      { page: { statusCode: 302 } },
      "spec.page.statusCode is not a status of a fallback: use 200, or 400 to 599",
    ],
    ["a mistyped field", { nameSpace: "x" }, "spec.nameSpace is no field of a CriticalService"],
  ])("names the field and the fix: %s", async (_, spec, message) => {
    const ended = await critsvc(["match", "-f", "-"], { input: yaml(manifest(play, spec)) });
    expect(ended.stderr).toContain(`error: CriticalService ${play.namespace}: ${message}`);
    expect(ended.code).toBe(1);
  });

  it("says what only the API server finds wrong", async () => {
    const object = { ...manifest(play, {}), metadata: { name: "No_Such_Name" } };
    const ended = await critsvc(["match", "-f", "-"], { input: yaml(object) });
    expect(ended.stderr).toContain("error: CriticalService No_Such_Name is refused: ");
    expect(ended.stderr).toContain("metadata.name: Invalid value");
    expect(ended.code).toBe(1);
  });
});

async function match(...args: string[]) {
  const { code, answer } = await critsvcJson(["match", ...args]);
  const { criticalServices } = answer as { criticalServices: { services: MatchedService[] }[] };
  return { code, criticalServices };
}
