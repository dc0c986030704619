import { readFileSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { K8s, kind } from "kubernetes-fluent-client";
import { beforeEach, describe, expect, it } from "vitest";
import { CriticalService } from "../../capabilities/cluster/critical-services";
import { freePort } from "../../hack/control-plane/ports";
import { useOwnOperators } from "../support/own-operators";
import { eventually, Playground, said } from "../support/play";

const own = useOwnOperators();
let play: Playground;

beforeEach(async () => {
  play = await Playground.create();
});

describe("an obstacle", () => {
  it("a missing PodTemplate is warned about once, and works once it is there", async () => {
    const operator = await own.start({
      NAMESPACES: play.namespace,
      POD_TEMPLATE: "late",
      POD_TEMPLATE_NS: play.namespace,
    });
    await play.criticalService("shop");
    await play.service("shop");
    const missing = `PodTemplate ${play.namespace}/late is missing: create it, or set POD_TEMPLATE`;
    const warning = await eventually(() => said(operator.lines, missing));
    expect(warning.level).toBe(40);
    await play.podTemplate("late");
    await play.fallbackServes("shop");
    expect(operator.lines.filter(({ msg }) => msg.includes(missing))).toHaveLength(1);
  });

  it("a Pod that the API server refuses is warned about with the API server's reason", async () => {
    const security = { "pod-security.kubernetes.io/enforce": "restricted" };
    await label(security);
    const operator = await own.start({ NAMESPACES: play.namespace });
    await play.criticalService("shop");
    await play.service("shop");
    const reason = 'violates PodSecurity "restricted:latest"';
    const warning = await eventually(() => said(operator.lines, reason));
    expect(warning.level).toBe(40);
    expect(warning.msg).toContain(`creating Pod ${play.namespace}/service-watcher-shop: `);
    await label({ "pod-security.kubernetes.io/enforce": "privileged" });
    await play.fallbackServes("shop");
  });

  it("a broken CriticalService is named and stops no other", async () => {
    const operator = await own.start({ NAMESPACES: play.namespace });
    await withoutAdmission(async () => {
      await K8s(CriticalService).Apply({
        metadata: { name: `${play.namespace}-broken` },
        spec: { matchLabels: [{ key: "app", value: "shop" }], nameSpace: "shop" },
      } as unknown as InstanceType<typeof CriticalService>);
    });
    await play.service("shop");
    await play.service("cart");
    await play.criticalService("cart");
    await play.fallbackServes("cart");
    const text = `CriticalService ${play.namespace}-broken is ignored: spec.nameSpace is no field`;
    await eventually(() => said(operator.lines, text));
    expect(await play.find("service-watcher-shop")).toBeUndefined();
  });
});

describe("after a restart", () => {
  it("what happened in between is put right, and what was right is left as it was", async () => {
    const env = { NAMESPACES: play.namespace };
    const names = ["stays", "recovers", "dropped", "breaks"];
    const operator = await own.start(env);
    for (const name of names) {
      await play.criticalService(name);
    }
    await play.pod("breaks-0", "breaks");
    await Promise.all(names.map(name => play.service(name)));
    const stays = await play.fallbackServes("stays");
    await Promise.all([play.fallbackServes("recovers"), play.fallbackServes("dropped")]);

    await operator.stop("SIGKILL");
    await play.pod("recovers-0", "recovers");
    await K8s(CriticalService).Delete(`${play.namespace}-dropped`);
    await play.deletePod("breaks-0");
    await own.start(env);

    await play.fallbackGone("recovers");
    await play.fallbackGone("dropped");
    await play.fallbackServes("breaks");
    expect((await play.fallbackServes("stays")).metadata?.uid).toBe(stays.metadata?.uid);
  });

  it("orphans go even if the last CriticalService was deleted in between", async () => {
    const { items } = await K8s(CriticalService).Get();
    await Promise.all(items.map(item => K8s(CriticalService).Delete(item.metadata?.name)));
    const env = { NAMESPACES: play.namespace };
    const operator = await own.start(env);
    const name = await play.criticalService("shop");
    await play.service("shop");
    await play.fallbackServes("shop");
    await operator.stop("SIGKILL");
    await K8s(CriticalService).Delete(name);
    await own.start(env);
    await play.fallbackGone("shop");
  });

  it("a fallback Pod of another prefix is kept, not doubled", async () => {
    const operator = await own.start({ NAMESPACES: play.namespace, POD_NAME_PREFIX: "before" });
    await play.criticalService("shop");
    await play.service("shop");
    await eventually(async () => {
      expect(await play.find("before-shop")).toBeDefined();
    });
    await operator.stop("SIGKILL");
    const next = await own.start({ NAMESPACES: play.namespace, POD_NAME_PREFIX: "after" });
    await play.operatorCaughtUp(() => next.lines);
    expect(await play.find("before-shop")).toBeDefined();
    expect(await play.find("after-shop")).toBeUndefined();
    await play.pod("web", "shop");
    await eventually(async () => {
      expect(await play.find("before-shop")).toBeUndefined();
    });
  });
});

describe("two operators at once", () => {
  it("start one fallback Pod, and neither is in the other's way", async () => {
    const env = { NAMESPACES: play.namespace };
    const operators = [await own.start(env), await own.start(env)];
    await play.criticalService("shop");
    await play.service("shop");
    const pod = await play.fallbackServes("shop");
    await Promise.all(operators.map(({ lines }) => play.operatorCaughtUp(() => lines)));
    expect((await play.fallbackServes("shop")).metadata?.uid).toBe(pod.metadata?.uid);
    await play.pod("web", "shop");
    await play.fallbackGone("shop");
    const troubles = operators.flatMap(({ lines }) => lines.filter(({ level }) => level >= 50));
    expect(troubles).toEqual([]);
  });
});

describe("the API server", () => {
  it("may be unreachable when the operator starts: it says so and goes on once it is there", async () => {
    const port = await freePort();
    const operator = await own.start({
      KUBECONFIG: kubeconfigOn(port),
      NAMESPACES: play.namespace,
    });
    await eventually(() => said(operator.lines, "Waiting for the API server: "));
    expect(said(operator.lines, "Waiting for the API server: ").msg).toContain("ECONNREFUSED");
    const proxy = forward(port, Number(new URL(own.cluster.controlPlane.server).port));
    try {
      await play.criticalService("shop");
      await play.service("shop");
      await play.fallbackServes("shop");
    } finally {
      await operator.stop("SIGKILL");
      proxy.close();
    }
  });
});

async function label(labels: Record<string, string>): Promise<void> {
  await K8s(kind.Namespace).Apply({ metadata: { name: play.namespace, labels } }, { force: true });
}

/** Runs `action` while the API server can't reach the webhook, as when its Pods are down. */
async function withoutAdmission(action: () => Promise<void>): Promise<void> {
  const { kubectl } = own.cluster;
  const names = ["validatingwebhookconfiguration", "mutatingwebhookconfiguration"];
  const saved = await kubectl.run(["get", names.join(), "-o", "json"]);
  await kubectl.delete(names.join(), "pepr-critsvc");
  try {
    await eventually(action);
  } finally {
    await kubectl.apply(...(JSON.parse(saved) as { items: object[] }).items.map(withoutIdentity));
  }
}

function withoutIdentity(object: object): object {
  const { metadata } = object as { metadata: { name: string } };
  return { ...object, metadata: { name: metadata.name } };
}

function kubeconfigOn(port: number): string {
  const { server, dir } = own.cluster.controlPlane;
  const file = join(dir, "through-proxy.kubeconfig");
  const text = readFileSync(own.cluster.operatorKubeconfig, "utf8");
  writeFileSync(file, text.replace(server, `https://127.0.0.1:${port}`));
  return file;
}

function forward(from: number, to: number): Server {
  const server = createServer(incoming => {
    const outgoing = connect(to, "127.0.0.1");
    incoming.pipe(outgoing).pipe(incoming);
    for (const socket of [incoming, outgoing]) {
      // The operator is killed in the end; its broken connections are no news.
      socket.on("error", () => socket.destroy());
    }
  });
  return server.listen(from, "127.0.0.1");
}
