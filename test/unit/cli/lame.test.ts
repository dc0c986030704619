import { describe, expect, it } from "vitest";
import { readConfig } from "../../../capabilities/domain/config";
import type { CriticalServiceObject } from "../../../capabilities/domain/critical-service";
import { lameServices } from "../../../hack/cli/lame";
import type { Picture } from "../../../hack/cli/picture";

const SINCE = "2026-11-26T12:00:00Z";
const MATCH = { matchLabels: [{ key: "app", value: "web" }] };

function service(name = "web", uid = "s1") {
  return {
    metadata: { namespace: "shop", name, uid, labels: { app: "web" } },
    spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
  };
}

function slice(...endpoints: { uid: string; ready: boolean }[]) {
  return {
    metadata: {
      namespace: "shop",
      name: "web-1",
      uid: "e1",
      labels: { "kubernetes.io/service-name": "web" },
    },
    endpoints: endpoints.map(({ uid, ready }) => ({
      addresses: ["10.0.0.1"],
      conditions: { ready },
      targetRef: { kind: "Pod", uid },
    })),
  };
}

function fallbackPod() {
  return {
    metadata: {
      namespace: "shop",
      name: "service-watcher-web",
      uid: "f1",
      labels: { app: "web", "mycrd.com/fallback-for": "web" },
      annotations: { "service-watcher": "owned" },
      ownerReferences: [
        { apiVersion: "v1", kind: "Service", name: "web", uid: "s1", controller: true },
      ],
    },
    status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
  };
}

/** A CriticalService that names the Service, and what the operator told of that. */
function critical(told?: object): CriticalServiceObject {
  const services = told ? [{ namespace: "shop", name: "web", since: SINCE, ...told }] : [];
  return {
    metadata: { name: "front", uid: "c1" },
    spec: MATCH,
    status: { services } as NonNullable<CriticalServiceObject["status"]>,
  };
}

function picture(change: Partial<Picture>): Picture {
  return {
    services: [service()],
    slices: [slice()],
    fallbackPods: [],
    criticalServices: [],
    ...change,
  };
}

function fallbackIn(change: Partial<Picture>, env: Record<string, string> = {}) {
  return lameServices(picture(change), readConfig(env))[0]?.fallback;
}

describe("lameServices", () => {
  it("leaves out what has a Ready Pod, what is not known, and what is not looked after", () => {
    const count = (change: Partial<Picture>) =>
      lameServices(picture(change), readConfig({})).length;
    expect(count({})).toBe(1);
    expect(count({ slices: [slice({ uid: "p1", ready: true })] })).toBe(0);
    expect(count({ slices: [slice({ uid: "p1", ready: false })] })).toBe(1);
    expect(count({ slices: [] })).toBe(0);
    const headless = { metadata: service().metadata, spec: { ports: [] } };
    expect(count({ services: [headless] })).toBe(0);
  });

  it("does not take a fallback for a Pod of the Service's own", () => {
    const fallback = fallbackIn({
      slices: [slice({ uid: "f1", ready: true })],
      fallbackPods: [fallbackPod()],
      criticalServices: [critical({ phase: "Active", message: "whatever" })],
    });
    expect(fallback).toEqual({
      phase: "Active",
      since: SINCE,
      message: "has no selected POD: Pod service-watcher-web answers",
    });
  });

  it("believes what it sees more than what was told before", () => {
    const fallback = fallbackIn({
      slices: [slice({ uid: "f1", ready: true })],
      fallbackPods: [fallbackPod()],
      criticalServices: [critical({ phase: "Blocked", message: "old" })],
    });
    expect(fallback).toMatchObject({ phase: "Active" });
    expect(fallback).not.toHaveProperty("since");
  });

  it.each([
    { phase: "Blocked", message: "has no selected POD: violates PodSecurity" },
    { phase: "Waiting", message: "has no selected POD: its fallback Pod starts if …" },
  ])("passes on why there is no fallback: $phase", told => {
    expect(fallbackIn({ criticalServices: [critical(told)] })).toEqual({ ...told, since: SINCE });
  });

  it("says so when the operator has not told", () => {
    expect(fallbackIn({ criticalServices: [critical()] })).toEqual({
      phase: "Starting",
      message: "has no selected POD: there is no fallback Pod, and the operator has not said why",
    });
  });

  it("says so when nobody sees to the Service", () => {
    expect(fallbackIn({})?.message).toContain("no CriticalService names it");
    expect(fallbackIn({ criticalServices: undefined })?.phase).toBe("None");
    expect(fallbackIn({ criticalServices: [critical()] }, { NAMESPACES: "cart" })).toEqual({
      phase: "None",
      message: "has no selected POD: the operator's NAMESPACES leave its namespace out",
    });
  });
});
