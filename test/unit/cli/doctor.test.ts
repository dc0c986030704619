import { describe, expect, it } from "vitest";
import { ApiError } from "../../../capabilities/cluster/api";
import { criticalServiceCrd } from "../../../capabilities/domain/crd";
import { fallbackPodFindings } from "../../../hack/cli/doctor/content";
import { crdFinding } from "../../../hack/cli/doctor/crd";
import { criticalServiceFindings } from "../../../hack/cli/doctor/critical-services";
import { deploymentFindings } from "../../../hack/cli/doctor/deployments";
import { runCheck, type Finding } from "../../../hack/cli/doctor/finding";
import { neededPermissions, permissionFinding } from "../../../hack/cli/doctor/permissions";
import { serverFinding } from "../../../hack/cli/doctor/server";
import { webhookFinding } from "../../../hack/cli/doctor/webhooks";
import { findingsText } from "../../../hack/cli/doctor-command";
import packageJson from "../../../package.json";

const GOOD_IMAGE = `ghcr.io/defenseunicorns/pepr/controller:v${packageJson.dependencies.pepr}`;

function brief({ result, message }: Finding): string {
  return `${result}: ${message}`;
}

describe("the API server", () => {
  it.each([
    ["v1.36.3", "ok: Kubernetes v1.36.3"],
    ["v1.30.0-eks-1", "ok: Kubernetes v1.30.0-eks-1"],
    ["v2.0.0", "ok: Kubernetes v2.0.0"],
    ["v1.29.9", "warn: Kubernetes v1.29.9 is older than 1.30, which the fallback Pods need"],
    ["", "warn: Kubernetes  is older than 1.30, which the fallback Pods need"],
  ])("%s", (version, expected) => {
    expect(brief(serverFinding(version))).toBe(expected);
  });
});

describe("the CRD", () => {
  const established = { conditions: [{ type: "Established", status: "True" }] };

  it("of this build is fine", () => {
    expect(brief(crdFinding({ ...criticalServiceCrd(), status: established }))).toMatch(/^ok: /);
  });

  it("of another build is told by the fields that differ", () => {
    const crd = structuredClone(criticalServiceCrd());
    const [version] = crd.spec.versions;
    Object.assign(version?.schema.openAPIV3Schema.properties.spec ?? {}, { required: [] });
    version?.additionalPrinterColumns.pop();
    expect(brief(crdFinding({ ...crd, status: established }))).toBe(
      "warn: criticalservices.mycrd.com is that of another build: it differs in " +
        "additionalPrinterColumns.8, schema.openAPIV3Schema.properties.spec.required.0",
    );
  });

  it.each<[string, object | undefined, RegExp]>([
    ["that is not there", undefined, /^fail: .* is not there$/],
    ["without conditions", {}, /^fail: .* not established: no reason given$/],
    [
      "that clashes",
      { conditions: [{ type: "Established", status: "False", message: "names are taken" }] },
      /^fail: .* not established: names are taken$/,
    ],
  ])("%s fails", (_, status, expected) => {
    const crd = status && { ...criticalServiceCrd(), status };
    expect(brief(crdFinding(crd))).toMatch(expected);
  });

  it("that does not serve the version fails", () => {
    const crd = { spec: { versions: [{ name: "v1", served: false }] }, status: established };
    expect(brief(crdFinding(crd))).toMatch(/^fail: .* does not serve version v1$/);
  });
});

describe("a Deployment", () => {
  function deployment(replicas: number, readyReplicas: number, image = GOOD_IMAGE) {
    const template = { spec: { containers: [{ name: "server", image }] } };
    return { spec: { replicas, selector: {}, template }, status: { readyReplicas } };
  }
  function pod(status: object) {
    return {
      metadata: { name: "pod" },
      status: { containerStatuses: [{ restartCount: 0, ...status }] },
    } as never;
  }
  function found(...args: [ReturnType<typeof deployment> | undefined, ...unknown[]]): string[] {
    const [one, ...pods] = args;
    return deploymentFindings("watcher", "w", one, pods as never[]).map(brief);
  }

  it("is told by its Pods", () => {
    expect(found(undefined)).toEqual(["fail: there is no Deployment pepr-system/w"]);
    expect(found(deployment(2, 2))).toEqual(["ok: Deployment pepr-system/w: 2 of 2 Pod(s) Ready"]);
    expect(found(deployment(2, 1))).toEqual([
      "warn: Deployment pepr-system/w: 1 of 2 Pod(s) Ready",
    ]);
    expect(found(deployment(0, 0))).toEqual(["fail: Deployment pepr-system/w is scaled to 0"]);
  });

  it("tells what its Pods wait for", () => {
    const waiting = { reason: "ImagePullBackOff", message: "no such host" };
    expect(found(deployment(1, 0), pod({ state: { waiting } }))).toEqual([
      "fail: Deployment pepr-system/w: 0 of 1 Pod(s) Ready; pod: ImagePullBackOff no such host",
    ]);
  });

  it("tells how often its Pods were restarted", () => {
    const lastState = { terminated: { reason: "OOMKilled" } };
    expect(found(deployment(1, 1), pod({ restartCount: 3, lastState }))[1]).toBe(
      "warn: Pod pod was restarted 3 time(s), the last time for OOMKilled",
    );
  });

  it("tells of another Pepr than that of this build", () => {
    expect(found(deployment(1, 1, "example.com/pepr:v0.1.0"))[1]).toMatch(
      /^warn: image example.com\/pepr:v0.1.0 is not Pepr v/,
    );
  });
});

describe("the permissions", () => {
  it("that are needed hold those of package.json, and a watch for each list", () => {
    const needed = neededPermissions().map(({ verb, group, resource }) =>
      [verb, group, resource].join(" "),
    );
    expect(needed).toEqual(expect.arrayContaining(["list  services", "watch  services"]));
    expect(needed).toContain("patch mycrd.com criticalservices/status");
    expect(needed).not.toContain("watch  configmaps");
  });

  it("that are missing are named", () => {
    const missing = [
      { verb: "get", group: "", resource: "pods" },
      { verb: "patch", group: "mycrd.com", resource: "criticalservices/status" },
    ];
    expect(brief(permissionFinding(missing))).toMatch(
      /^fail: .* may not get pods, patch criticalservices\/status\.mycrd\.com$/,
    );
    expect(permissionFinding([]).result).toBe("ok");
  });
});

describe("the webhooks", () => {
  // Of an empty subject; it is in force from 2026-01-01 to 2027-01-01.
  const configuration = { webhooks: [{ clientConfig: { caBundle: certificate() } }] };
  const found = (now: string) =>
    brief(webhookFinding([configuration, configuration], new Date(now)));

  it("are told by how long their certificate is good", () => {
    expect(found("2026-06-01")).toBe("ok: both are there; their certificate ends on 2027-01-01");
    expect(found("2026-12-15")).toBe("warn: both are there; their certificate ends on 2027-01-01");
    expect(found("2027-01-02")).toBe(
      "warn: their certificate ended on 2027-01-01: the API server no longer calls them",
    );
  });

  it("that are missing, or have no certificate, are a warning", () => {
    const now = new Date();
    expect(brief(webhookFinding([configuration, undefined], now))).toBe(
      "warn: ValidatingWebhookConfiguration pepr-critsvc: not there; mistyped fields are not refused",
    );
    const empty = { webhooks: [{ clientConfig: { caBundle: "" } }] };
    expect(brief(webhookFinding([empty, empty], now))).toMatch(/^warn: they hold no certificate/);
  });
});

describe("the CriticalServices", () => {
  const degraded = { type: "Degraded", status: "True", reason: "x", message: "shop/web: why" };
  function one(name: string, observedGeneration: number | undefined, ...conditions: object[]) {
    return {
      metadata: { name, generation: 2 },
      status: { observedGeneration, conditions },
    } as never;
  }

  it.each<[string, never[], string[]]>([
    ["none", [], ["ok: 0 of 0 are looked after, and nothing is amiss"]],
    ["a well one", [one("a", 2)], ["ok: 1 of 1 are looked after, and nothing is amiss"]],
    [
      "a troubled one",
      [one("a", 2, degraded), one("b", 2)],
      ["ok: 1 of 2 are looked after, and nothing is amiss", "warn: a: shop/web: why"],
    ],
    [
      "those that nobody sees to",
      [one("a", 1), one("b", undefined), one("c", 2)],
      ["fail: nobody looks after a, b: the status is not about what the spec says now"],
    ],
  ])("%s", (_, all, expected) => {
    expect(criticalServiceFindings(all).map(brief)).toEqual(expected);
  });
});

describe("the fallback Pods", () => {
  function pod(name: string, waiting?: object) {
    const state = waiting ? { waiting } : {};
    return { metadata: { namespace: "shop", name }, status: { containerStatuses: [{ state }] } };
  }

  it("that are stuck are named, with why", () => {
    const passing = pod("a", { reason: "ContainerCreating" });
    expect(fallbackPodFindings([pod("a"), passing]).map(brief)).toEqual([
      "ok: 2 there, and none is stuck",
    ]);
    const stuck = pod("b", { reason: "ErrImagePull", message: "no such image" });
    expect(fallbackPodFindings([passing, stuck]).map(brief)).toEqual([
      "fail: shop/b can't start: ErrImagePull no such image",
    ]);
  });
});

describe("a check that can't be done", () => {
  const throws = (error: unknown) => () => Promise.reject(error as Error);

  it.each([
    [403, "warn"],
    [401, "warn"],
    [500, "fail"],
    [undefined, "fail"],
  ])("by status %s is %s", async (status, result) => {
    const run = throws(new ApiError("reading it: no", status));
    expect(await runCheck({ name: "x", run })).toMatchObject([
      { result, message: "reading it: no" },
    ]);
  });

  it("by a fault of this program is no finding", async () => {
    await expect(runCheck({ name: "x", run: throws(new TypeError("oops")) })).rejects.toThrow(
      "oops",
    );
  });
});

describe("findingsText", () => {
  it("gives each finding a line, and its fix one below", () => {
    const findings: Finding[] = [
      { check: "CRD", result: "ok", message: "fine" },
      { check: "watcher", result: "fail", message: "gone", fix: "deploy" },
    ];
    expect(findingsText(findings, (_, text) => text)).toBe(
      "ok    CRD      fine\nfail  watcher  gone\n               → deploy\n",
    );
  });
});

/** A self-signed certificate without a subject, in DER and base64. */
function certificate(): string {
  return [
    "MIIBczCB3aADAgECAgEBMA0GCSqGSIb3DQEBCwUAMAAwHhcNMjYwMTAxMDAwMDAwWhcNMjcwMTAxMDAwMDAwWjAA",
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDLTAhgPw0tfjNz/lS1e1qY0huk8Kmbq3CGMVoK8/C75H5czeln",
    "x4HTWJXJ7qAxfdd4aOtbyweHO+B4eCZH89JaXutMj2gDEiVQlsaJi8SA+tWOXXiK19UGZfLLAnptW1I9j7qNFdVh",
    "NEgNVOwcD4RqLLORANqc5JwdVZaZ7r1o6wIDAQABMA0GCSqGSIb3DQEBCwUAA4GBAGSqMS8KrR7fCRC9yj/RjK8f",
    "bcL369ZpQhZm7Qox559LWV44mkx2/FuWCbk8tGV0M7QnjvLm6eq8dBIsc3zYfQAN6BN4KNGQvIxtZDfVS5LKwV9e",
    "tMswJV3y2vsYTvZZleKxghJtN2w/S40vYNYR90Dq3H0WylEkCCFxS+qoAmBT",
  ].join("");
}
