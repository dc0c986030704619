import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import packageJson from "../../package.json";
import { send } from "../support/http-client";
import { answers } from "./support/answers";
import { fallbackTemplate } from "../../hack/bench/pods";
import { eventually, RESTRICTED, Stage } from "./support/stage";

let stage: Stage;

describe("the ports of a Service", () => {
  beforeAll(async () => {
    stage = await Stage.create(RESTRICTED);
  });
  afterAll(() => stage.close());

  it("are all served: numbers, names, low ones, the same one twice", async () => {
    const ports = [
      { name: "http", port: 80, targetPort: 8080 },
      { name: "low", port: 81, targetPort: 80 },
      { name: "named", port: 82, targetPort: "web" },
      { name: "another", port: 83, targetPort: "admin" },
      { name: "again", port: 84, targetPort: 8080 },
      { name: "itself", port: 85 },
      { name: "dns", port: 53, protocol: "UDP", targetPort: 53 },
      { name: "tls", port: 443, targetPort: 8443, appProtocol: "https" },
    ];
    await stage.service({ ports });
    await stage.critical({ page: { html: "all of them" } });
    const host = await stage.clusterIp();
    for (const { port } of ports.slice(0, 6)) {
      const { status, body } = await eventually(() => send(port, { host }));
      expect([port, status, body.toString()]).toEqual([port, 503, "all of them"]);
    }
  });

  it("that are not HTTP are left out, which the status and an Event say", async () => {
    await eventually(async () => {
      const [{ warnings = [] } = {}] = (await stage.status()).services ?? [];
      expect(warnings).toEqual([
        expect.stringContaining("does not serve port dns (53), which is UDP"),
        expect.stringContaining("does not serve port tls (443), which has the appProtocol https"),
      ]);
      expect(await condition("Degraded")).toBe("True FallbackWarning");
      expect(await stage.events("FallbackWarning")).toContain("dns (53)");
    });
  });

  it("keep it from its fallback if no page can serve any of them, which is said too", async () => {
    await stage.service({ ports: [{ port: 53, protocol: "UDP" }] }, "dns");
    await stage.critical({ page: {} }, "dns");
    await refused("spec.ports of the Service has no port that an HTTP page can serve", "dns");
  });

  it("get what a PodTemplate has to say where that is not HTTP", async () => {
    await stage.apply(queueTemplate());
    await stage.service({ ports: [{ port: 6379, targetPort: "redis" }] }, "queue");
    await stage.critical({ podTemplate: { namespace: stage.namespace, name: "queue" } }, "queue");
    const host = await stage.clusterIp("queue");
    expect(await eventually(() => read(host, 6379))).toBe("-LOADING Back at noon\r\n");
  });
});

describe("a PodTemplate that the namespace's Pod Security refuses", () => {
  beforeAll(async () => {
    stage = await Stage.create(RESTRICTED);
  });
  afterAll(() => stage.close());

  it("is told in the status and by an Event, until something else is to run", async () => {
    await stage.apply(fallbackTemplate(stage.namespace));
    await stage.service();
    const podTemplate = { namespace: stage.namespace, name: "critical-service-pod-template" };
    await stage.critical({ podTemplate });
    await refused('violates PodSecurity "restricted:latest"');
    await stage.critical({ page: { html: "allowed" } });
    await answers(await stage.poll(), "allowed");
    await eventually(async () => {
      expect(await stage.status()).toMatchObject({ lame: 1, active: 1 });
      expect(await condition("Ready")).toBe("True LookingAfter");
    });
  });
});

/** Waits until the operator tells why the Service gets no fallback. */
async function refused(why: string, service?: string): Promise<void> {
  await eventually(async () => {
    expect(await stage.status(service)).toMatchObject({
      ...{ matched: 1, lame: 1, active: 0 },
      services: [{ phase: "Blocked", message: expect.stringContaining(why) as string }],
    });
    expect(await stage.events("FallbackRefused", service)).toContain(why);
  });
  expect(await condition("Ready", service)).toBe("False FallbackRefused");
  expect(await condition("Degraded", service)).toBe("True FallbackRefused");
  const name = `service-watcher-${service ?? "shop"}`;
  expect(await stage.pods()).not.toContain(`pod/${name}`);
}

/** Status and reason of the CriticalService's condition. */
async function condition(type: string, service?: string): Promise<string> {
  const { conditions = [] } = await stage.status(service);
  const found = conditions.find(one => one.type === type);
  return `${found?.status ?? "none"} ${found?.reason ?? ""}`;
}

/** A PodTemplate whose Pods answer as Redis does when it is not ready. */
function queueTemplate() {
  const program =
    'require("net").createServer(s => s.end("-LOADING Back at noon\\r\\n")).listen(6379)';
  return {
    apiVersion: "v1",
    kind: "PodTemplate",
    metadata: { name: "queue" },
    template: {
      spec: {
        automountServiceAccountToken: false,
        securityContext: {
          ...{ runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
        },
        containers: [
          {
            name: "queue",
            image: `ghcr.io/defenseunicorns/pepr/controller:v${packageJson.dependencies.pepr}`,
            command: ["node", "-e", program],
            ports: [{ name: "redis", containerPort: 6379 }],
            readinessProbe: { tcpSocket: { port: "redis" }, periodSeconds: 1 },
            securityContext: {
              ...{ allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
            },
          },
        ],
      },
    },
  };
}

/** All that comes on a connection. */
function read(host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    connect(port, host)
      .setEncoding("utf8")
      .on("data", chunk => (text += String(chunk)))
      .on("error", reject)
      .on("end", () => {
        resolve(text);
      });
  });
}
