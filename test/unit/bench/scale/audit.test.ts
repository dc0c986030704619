import { expect, it } from "vitest";
import { milliseconds, readEntry, type AuditEntry } from "../../../../hack/bench/scale/audit";

const AT = "2026-01-02T03:04:05.678901Z";

function entry(overrides: Partial<AuditEntry>): AuditEntry {
  return {
    auditID: "1",
    stage: "ResponseComplete",
    verb: "update",
    requestURI: "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices/web-abc",
    user: { username: "system:kube-controller-manager" },
    objectRef: { resource: "endpointslices", namespace: "shop", name: "web-abc" },
    responseStatus: { code: 200 },
    requestReceivedTimestamp: "2026-01-02T03:04:05.670000Z",
    stageTimestamp: AT,
    ...overrides,
  };
}

function slice(endpoints: [name: string, ready: boolean | undefined][] | null): AuditEntry {
  return entry({
    requestObject: {
      metadata: { labels: { "kubernetes.io/service-name": "web" } },
      endpoints:
        endpoints?.map(([name, ready]) => ({
          conditions: ready === undefined ? {} : { ready },
          targetRef: { name },
        })) ?? null,
    },
  });
}

it("a time is read to the microsecond", () => {
  expect(milliseconds(AT)).toBeCloseTo(Date.UTC(2026, 0, 2, 3, 4, 5) + 678.901, 3);
  expect(milliseconds("2026-01-02T03:04:05Z")).toBe(Date.UTC(2026, 0, 2, 3, 4, 5));
});

it.each([
  ["none", null, 0, 0],
  [
    "a Ready one and one that is not",
    [
      ["web-1", true],
      ["web-2", false],
    ],
    1,
    0,
  ],
  ["one that does not say, which means Ready", [["web-1", undefined]], 1, 0],
  ["a fallback, which is none of its own", [["service-watcher-web", true]], 0, 1],
  ["a fallback that is not Ready", [["service-watcher-web", false]], 0, 1],
] as const)("of a Service's endpoints: %s", (_, endpoints, own, fallbacks) => {
  const { slice: written } = readEntry(slice(endpoints?.map(one => [...one]) ?? null));
  expect(written).toEqual({ service: "shop/web", at: milliseconds(AT), own, fallbacks });
});

it("a fallback was accepted", () => {
  const objectRef = { resource: "pods", namespace: "shop", name: "service-watcher-web" };
  const { fallback, request } = readEntry(
    entry({ verb: "create", objectRef, responseStatus: { code: 201 } }),
  );
  expect(fallback).toEqual({ service: "shop/web", at: milliseconds(AT) });
  expect(request.what).toBe("create pods");
});

it.each([
  ["refused", { verb: "create", responseStatus: { code: 409 } }],
  ["read", { verb: "get" }],
  ["bound to a Node", { verb: "create", objectRef: { subresource: "binding" } }],
  ["another Pod", { verb: "create", objectRef: { name: "web-1" } }],
])("no fallback was accepted: %s", (_, { objectRef, ...overrides }: Partial<AuditEntry>) => {
  const pod = { resource: "pods", namespace: "shop", name: "service-watcher-web" };
  const told = readEntry(entry({ ...overrides, objectRef: { ...pod, ...objectRef } }));
  expect(told.fallback).toBeUndefined();
});

it("a refused write of an EndpointSlice changes nothing", () => {
  const refused = { ...slice([["web-1", true]]), responseStatus: { code: 409 } };
  expect(readEntry(refused).slice).toBeUndefined();
});

it("a request is known by its verb, resource and subresource", () => {
  const objectRef = { resource: "criticalservices", subresource: "status", name: "web" };
  expect(readEntry(entry({ verb: "patch", objectRef })).request).toMatchObject({
    what: "patch criticalservices/status",
    user: "system:kube-controller-manager",
    code: 200,
  });
});
