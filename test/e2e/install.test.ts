import { afterAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import type { Manifest } from "../../hack/module";
import { monitoringManifests } from "../../hack/monitoring/manifests";
import {
  CHART,
  MANIFESTS,
  operatorReady,
  peprDeploy,
  remove,
  removeCrds,
  run,
} from "./support/deploy";
import { eventually, kubectl, Stage } from "./support/stage";

const NAMESPACE = "pepr-system";
const WATCHER = "deployment/pepr-critsvc-watcher";

// The other files find the operator as the setup deployed it.
afterAll(() => peprDeploy("--force"));

describe("deploying", () => {
  it("by `npx pepr deploy` brings a working operator, and twice is as good as once", async () => {
    await works();
    await peprDeploy();
    await works();
  });

  it("by `kubectl apply` upgrades it, into a namespace that enforces the restricted standard", async () => {
    await run("npm", "run", "build");
    await kubectl.run(["apply", "--server-side", "--force-conflicts", "-f", MANIFESTS]);
    await operatorReady();
    const label = ".metadata.labels.pod-security\\.kubernetes\\.io/enforce";
    expect(await get("namespace", NAMESPACE, label)).toBe("restricted");
    await works();
  });

  it("lets the article's ConfigMap set the environment", async () => {
    const stage = await Stage.create();
    const literals = [
      "--from-literal=LOG_LEVEL=WARNING",
      `--from-literal=NAMESPACES=${stage.namespace}`,
    ];
    await kubectl.run([
      "create",
      "configmap",
      "service-watcher-env-config",
      "-n",
      NAMESPACE,
      ...literals,
    ]);
    await kubectl.run([
      "set",
      "env",
      "-n",
      NAMESPACE,
      WATCHER,
      "--from=configmap/service-watcher-env-config",
    ]);
    await operatorReady();
    await stage.service();
    await eventually(async () => {
      expect(await logs()).toContain(
        `Service shop from Namespace ${stage.namespace} has no selected POD`,
      );
    });
    const lines = (await logs())
      .split("\n")
      .filter(line => line.includes(`"component":"operator"`));
    expect(lines.filter(line => !line.includes(stage.namespace))).toEqual([]);
    expect(lines.filter(line => line.includes(`"level":30`))).toEqual([]);
    await stage.close();
  });

  it("tells a bad value by its variable's name", async () => {
    await kubectl.run(["set", "env", "-n", NAMESPACE, WATCHER, "LOG_LEVEL=LOUD"]);
    await eventually(async () => {
      expect(await logs()).toContain('Configuration: LOG_LEVEL is "LOUD": it must be one of trace');
    });
    await kubectl.run(["set", "env", "-n", NAMESPACE, WATCHER, "LOG_LEVEL=info", "NAMESPACES-"]);
    await operatorReady();
  });

  it("is undone without a trace", async () => {
    await remove();
    await nothingIsLeft();
  });

  it("by helm brings what Prometheus and Grafana pick up, if asked for it", async () => {
    await run("npm", "run", "build");
    const values = ["--set", "monitoring.enabled=true,monitoring.labels.release=prometheus"];
    const rendered = await run("helm", "template", "critsvc", CHART, ...values);
    const documents = parseAllDocuments(rendered).map(document => document.toJS() as Manifest);
    for (const manifest of monitoringManifests()) {
      const { metadata } = manifest;
      const labels = { ...metadata.labels, release: "prometheus" };
      expect(documents).toContainEqual({ ...manifest, metadata: { ...metadata, labels } });
    }
    const without = await run("helm", "template", "critsvc", CHART);
    expect(without).not.toContain("PrometheusRule");
  });

  it("by `helm install` brings a working operator, with a seccomp profile of one's own too", async () => {
    const values = ["--set", "watcher.securityContext.seccompProfile.type=RuntimeDefault"];
    await run("helm", "install", "critsvc", CHART, ...values);
    await operatorReady();
    await works();
    await kubectl.run(["delete", "criticalservices", "--all"]);
    await run("helm", "uninstall", "critsvc", "--wait");
    await removeCrds();
    await nothingIsLeft();
  });
});

/** The operator does its job, and admission too. */
async function works(): Promise<void> {
  const stage = await Stage.create();
  await stage.service();
  await eventually(() => stage.critical());
  await eventually(async () => {
    expect(await stage.readyPods()).toEqual(["service-watcher-shop"]);
  });
  const typo = { spec: { matchLabels: [{ key: "a", value: "b" }], nameSpace: "x" } };
  await eventually(() => expect(refusal(typo)).resolves.toContain("spec.nameSpace is no field"));
  await stage.close();
}

async function refusal(change: object): Promise<string> {
  const object = {
    apiVersion: "mycrd.com/v1",
    kind: "CriticalService",
    metadata: { name: "refused" },
    ...change,
  };
  try {
    await kubectl.run(["create", "--dry-run=server", "-f", "-"], JSON.stringify(object));
  } catch (error) {
    return String(error);
  }
  return "accepted";
}

async function nothingIsLeft(): Promise<void> {
  const kinds = (await kubectl.run(["api-resources", "--verbs=list", "-o", "name"]))
    .trim()
    .split("\n");
  const listed = kinds.filter(kind => !kind.startsWith("events"));
  await eventually(async () => {
    const names = await kubectl.run([
      "get",
      listed.join(),
      "-A",
      "-o",
      "name",
      "--ignore-not-found",
    ]);
    expect(names.split("\n").filter(name => /pepr|critsvc|mycrd/.test(name))).toEqual([]);
  });
}

function get(kind: string, name: string, path: string): Promise<string> {
  return kubectl.run(["get", kind, name, "-o", `jsonpath={${path}}`]);
}

/** What the newest watcher logged, or the one before if it could not start. */
async function logs(): Promise<string> {
  const selector = ["-n", NAMESPACE, "-l", "pepr.dev/controller=watcher", "--tail=-1"];
  return kubectl.run(["logs", ...selector]).catch(() => "");
}
