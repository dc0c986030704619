import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import type { Finding } from "../../hack/cli/doctor/finding";
import { MODULE_NAME, MODULE_NAMESPACE, type Manifest } from "../../hack/module";
import type { OperatorProcess } from "../../hack/operator";
import { critsvc, critsvcJson } from "../support/cli";
import { openCluster, sample, type Cluster } from "../support/cluster";
import { eventually } from "../support/play";

const WATCHER = `${MODULE_NAME}-watcher`;
const IN_ITS_NAMESPACE = ["-n", MODULE_NAMESPACE];

let cluster: Cluster;
let operator: OperatorProcess;

// One after the other: each test breaks one thing of the cluster, and puts it right.
beforeAll(async () => {
  cluster = await openCluster();
  process.env.KUBECONFIG = cluster.controlPlane.kubeconfig;
});
afterAll(() => cluster.close());

describe("critsvc doctor", () => {
  it("fails where the operator was never deployed, and says what to do", async () => {
    const { code, results, findings } = await doctor();
    expect(code).toBe(1);
    expect(results).toMatchObject({
      "API server": ["ok"],
      CRD: ["fail"],
      watcher: ["fail"],
      admission: ["fail"],
      CriticalServices: ["warn"],
    });
    const crd = findings.find(({ check }) => check === "CRD");
    expect(crd).toMatchObject({
      message: "criticalservices.mycrd.com is not there",
      fix: "deploy the operator, which brings it",
    });
  });

  it("finds nothing amiss with an operator that runs", async () => {
    operator = await cluster.startOperator();
    await cluster.crdServed();
    await cluster.kubectl.apply(...deployments(), sample("4-critical-service"));
    await eventually(async () => {
      const { code, findings, results } = await doctor();
      expect(findings.filter(({ result }) => result !== "ok")).toEqual([]);
      expect(Object.keys(results)).toEqual([
        ...["API server", "CRD", "watcher", "admission", "configuration", "permissions"],
        ...["webhooks", "admission trial", "PodTemplate", "CriticalServices", "fallback Pods"],
      ]);
      expect(code).toBe(0);
    });
  });

  it("finds out that the watcher does not run", async () => {
    await kubectl("scale", "deployment", WATCHER, ...IN_ITS_NAMESPACE, "--replicas=0");
    await expectFinding("watcher", "fail", /is scaled to 0/);
    await kubectl("scale", "deployment", WATCHER, ...IN_ITS_NAMESPACE, "--replicas=1");
    await expectFinding("watcher", "ok", /1 of 1 Pod\(s\) Ready/);
  });

  it("finds out that the operator can't read its environment", async () => {
    const set = (...values: string[]) =>
      kubectl("set", "env", `deployment/${WATCHER}`, ...IN_ITS_NAMESPACE, ...values);
    await kubectl("create", "configmap", "settings", ...IN_ITS_NAMESPACE, "--from-literal=PORT=x");
    await set("--from=configmap/settings");
    await expectFinding("configuration", "fail", /^PORT is "x": it must be a port number/);
    await set("PORT-", "NAMESPACES=shop,cart");
    await expectFinding("configuration", "ok", /^looks after shop, cart$/);
    await set("NAMESPACES-");
  });

  it("finds out which permissions are missing", async () => {
    const role = cluster.module.manifests.find(({ kind }) => kind === "ClusterRole");
    const rules = (role?.rules ?? []) as { resources: string[] }[];
    const fewer = rules.filter(({ resources }) => !resources.includes("podtemplates"));
    await kubectl("patch", "clusterrole", MODULE_NAME, "--type=merge", ...patch({ rules: fewer }));
    await expectFinding("permissions", "fail", /may not list podtemplates, watch podtemplates$/);
    await kubectl("patch", "clusterrole", MODULE_NAME, "--type=merge", ...patch({ rules }));
    await expectFinding("permissions", "ok", /./);
  });

  it("finds out that the CRD is another build's", async () => {
    const path = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/standby/enum";
    const change = [{ op: "replace", path, value: ["Cold"] }];
    await kubectl("patch", "crd", "criticalservices.mycrd.com", "--type=json", ...patch(change));
    await expectFinding("CRD", "warn", /differs in schema\.openAPIV3Schema\.properties\.spec/);
  });

  it("finds out that nobody looks after the CriticalServices", async () => {
    await operator.stop();
    const labels = [{ key: "role", value: "backend" }];
    const change = { spec: { matchLabels: labels } };
    await kubectl("patch", "crisvc", "frontend", "--type=merge", ...patch(change));
    await expectFinding("CriticalServices", "fail", /^nobody looks after frontend/);
    operator = await cluster.startOperator();
    await expectFinding("CriticalServices", "ok", /^1 of 1/);
    await expectFinding("CRD", "ok", /is that of this build/);
  });

  it("warns of what keeps a Service from its fallback", async () => {
    const podTemplate = { namespace: "linux-mag", name: "none" };
    await kubectl(
      "patch",
      "crisvc",
      "frontend",
      "--type=merge",
      ...patch({ spec: { podTemplate } }),
    );
    await cluster.kubectl.apply({
      apiVersion: "v1",
      kind: "Service",
      metadata: { namespace: "linux-mag", name: "backend", labels: { role: "backend" } },
      spec: { selector: { role: "backend" }, ports: [{ port: 80 }] },
    });
    await expectFinding("CriticalServices", "warn", /there is no PodTemplate linux-mag\/none/);
    await kubectl("delete", "crisvc", "frontend");
  });

  it("finds out that the webhooks are not asked, and warns where there are none", async () => {
    const names = ["mutatingwebhookconfiguration", "validatingwebhookconfiguration"];
    const before = await Promise.all(
      names.map(
        async name => parse(await kubectl("get", name, MODULE_NAME, "-o", "yaml")) as Manifest,
      ),
    );
    for (const name of names) {
      await kubectl("delete", name, MODULE_NAME);
    }
    await expectFinding("webhooks", "warn", /not there; mistyped fields are not refused/);
    await expectFinding("admission trial", "warn", /does not reach the webhooks/);
    await cluster.kubectl.apply(...before.map(fresh));
    await expectFinding("admission trial", "ok", /mistyped field is refused/);
  });

  it("changes nothing, and may be run by those who can't write", async () => {
    const reader = await readerKubeconfig();
    const { code, findings } = await doctor("--kubeconfig", reader);
    expect(findings.filter(({ result }) => result !== "ok")).toEqual([
      {
        check: "admission trial",
        result: "warn",
        message: expect.stringContaining("cannot patch resource") as string,
        fix: expect.stringContaining("docs/cli.md") as string,
      },
    ]);
    expect(code).toBe(0);
    const file = join(cluster.controlPlane.dir, "critical-service.yaml");
    writeFileSync(file, stringify(sample("4-critical-service")));
    await cluster.kubectl.apply(sample("3-service"));
    await eventually(async () => {
      expect((await critsvc(["lame", "--kubeconfig", reader])).stdout).toMatch(
        /linux-mag +frontend/,
      );
    });
    const matched = await critsvc(["match", "-f", file, "--kubeconfig", reader]);
    expect(matched.stderr).toContain("whether the API server accepts it is not known");
    expect(matched.stdout).toMatch(/frontend +yes +Cold +80→\d+ +a fallback Pod starts/);
    expect(matched.code).toBe(0);
  });

  it("prints a line for each check, and what to do below it", async () => {
    await kubectl("delete", "deployment", WATCHER, ...IN_ITS_NAMESPACE);
    const { stdout, code } = await critsvc(["doctor"]);
    expect(stdout).toMatch(/^ok {4}API server {8}Kubernetes v1\.\d+\.\d+\n/);
    expect(stdout).toMatch(
      /\nfail {2}watcher +there is no Deployment pepr-system\/pepr-critsvc-watcher\n +→ deploy the/,
    );
    expect(code).toBe(1);
  });
});

async function doctor(...args: string[]) {
  const { code, answer } = await critsvcJson(["doctor", ...args]);
  const { findings } = answer as { findings: Finding[] };
  const results: Record<string, string[]> = {};
  for (const { check, result } of findings) {
    results[check] = [...(results[check] ?? []), result];
  }
  return { code, findings, results };
}

async function expectFinding(check: string, result: string, message: RegExp): Promise<void> {
  await eventually(async () => {
    const { code, findings } = await doctor();
    const about = findings.filter(finding => finding.check === check);
    expect(about).toContainEqual(
      expect.objectContaining({ result, message: expect.stringMatching(message) as string }),
    );
    if (result === "fail") {
      expect(code).toBe(1);
    }
  });
}

function kubectl(...args: string[]): Promise<string> {
  return cluster.kubectl.run(args);
}

function patch(change: object): string[] {
  return ["-p", JSON.stringify(change)];
}

/** Those of the module; kwok has their Pods Ready at once. */
function deployments(): Manifest[] {
  return cluster.module.manifests.filter(({ kind }) => kind === "Deployment");
}

function fresh({ metadata, ...rest }: Manifest): object {
  return { ...rest, metadata: { name: metadata.name } };
}

/** A kubeconfig of somebody with the rights of hack/cli/reader.yaml, and no others. */
async function readerKubeconfig(): Promise<string> {
  const role = parse(
    readFileSync(join(__dirname, "../../hack/cli/reader.yaml"), "utf8"),
  ) as Manifest;
  await cluster.kubectl.apply(role);
  await kubectl("create", "serviceaccount", "reader", "-n", "default");
  const binding = ["clusterrolebinding", "reader", `--clusterrole=${role.metadata.name}`];
  await kubectl("create", ...binding, "--serviceaccount=default:reader");
  const token = (await kubectl("create", "token", "reader", "-n", "default")).trim();
  const config = parse(await kubectl("config", "view", "--raw")) as { users: { user: object }[] };
  config.users.forEach(entry => {
    entry.user = { token };
  });
  const file = join(cluster.controlPlane.dir, "reader.kubeconfig");
  writeFileSync(file, stringify(config), { mode: 0o600 });
  return file;
}
