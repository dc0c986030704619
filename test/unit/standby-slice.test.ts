import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  buildStandbySlice,
  isStandbySlice,
  readStandbySlice,
  saysAll,
  sliceChanges,
  staleSlices,
  type StandbySlice,
} from "../../capabilities/domain/standby-slice";
import type { ServicePort } from "../../capabilities/domain/page/ports";
import { aService, aSlice, aStandbyPod } from "./build";

const MANAGER = "endpointslice.kubernetes.io/managed-by";
const SERVICE = "kubernetes.io/service-name";
const at = { namespace: "shop", service: "web", prefix: "service-watcher" };
const dual = aService({ ipFamilies: ["IPv4", "IPv6"] });
const dualPod = aStandbyPod({ uid: "p2", ips: ["10.0.0.9", "fd00::9"] });
const page = aStandbyPod({ ports: [{ name: "standby-page", containerPort: 8080 }] });
const database = aStandbyPod({
  ports: [
    { name: "sql", containerPort: 5432, protocol: "TCP" },
    { name: "gossip", containerPort: 7946, protocol: "UDP" },
  ],
});

describe("sliceChanges", () => {
  it("makes one slice for each address family of the Service", () => {
    const changes = sliceChanges(dual, [], dualPod, false);
    expect(changes.map(({ content }) => [content.addressType, content.endpoint?.address])).toEqual([
      ["IPv4", "10.0.0.9"],
      ["IPv6", "fd00::9"],
    ]);
  });

  it("makes none for a family in which the Pod has no address", () => {
    const changes = sliceChanges(dual, [], aStandbyPod(), false);
    expect(changes.map(({ content }) => content.addressType)).toEqual(["IPv4"]);
  });

  it.each<[string, ReturnType<typeof aSlice>, number]>([
    ["that is so already", aSlice(page, false), 0],
    ["that is ready", aSlice(page, true), 1],
    ["that lists another Pod", aSlice({ ...page, uid: "p2" }, false), 1],
    ["whose Pod was on another Node", aSlice({ ...page, nodeName: "node-2" }, false), 1],
    ["whose Pod got a zone", aSlice({ ...page, zone: "a" }, false), 1],
    ["with another port", aSlice(page, false, { ports: [] }), 1],
    ["that lists none", aSlice(page, false, { endpoint: undefined }), 1],
  ])("changes a slice %s: %o %i", (_, slice, count) => {
    expect(sliceChanges(aService(), [slice], page, false)).toHaveLength(count);
  });

  it.each([true, false])("leaves a Pod listed that was not seen yet, ready: %s", ready => {
    const slice = aSlice(page, !ready);
    const [change] = sliceChanges(aService(), [slice], undefined, ready, [page.uid]);
    expect(change?.content).toMatchObject({ endpoint: { podUid: page.uid, ready } });
    expect(change?.content.ports).toEqual(slice.ports);
    const [gone] = sliceChanges(aService(), [slice], undefined, ready, []);
    expect(gone?.content.endpoint).toBeUndefined();
    const [other] = sliceChanges(aService(), [slice], dualPod, ready, [page.uid]);
    expect(other?.content.endpoint?.podUid).toBe(dualPod.uid);
  });

  it.each<[string, ReturnType<typeof aStandbyPod>, ServicePort[], string[]]>([
    [
      "of a page: one for all, but those that it leaves out",
      page,
      [
        { name: "http", port: 80, targetPort: 80 },
        { name: "admin", port: 81, targetPort: "admin" },
        { name: "dns", port: 53, protocol: "UDP" },
        { name: "grpc", port: 90, appProtocol: "grpc" },
      ],
      ["http 8080 TCP", "admin 8080 TCP"],
    ],
    [
      "of another Pod: by number, by name, and by default the Service's own",
      database,
      [
        { name: "a", port: 1, targetPort: 6543 },
        { name: "b", port: 2, targetPort: "sql" },
        { name: "c", port: 3 },
        { name: "d", port: 4, targetPort: "gossip", protocol: "UDP" },
      ],
      ["a 6543 TCP", "b 5432 TCP", "c 3 TCP", "d 7946 UDP"],
    ],
    [
      "without those whose name the Pod lacks",
      database,
      [
        { name: "a", port: 1, targetPort: "unknown" },
        { name: "b", port: 2, targetPort: "gossip", protocol: "TCP" },
      ],
      [],
    ],
  ])("gives ports %s", (_, pod, ports, expected) => {
    const [change] = sliceChanges(aService({ ports }), [], pod, false);
    const given = change?.content.ports.map(
      ({ name, port, protocol }) => `${name} ${port} ${protocol}`,
    );
    expect(given).toEqual(expected);
  });

  it("asks for nothing more once written and read back, whatever the Pod and the Service", () => {
    const anyPort = fc.record({
      name: fc.constantFrom("a", "b", "c"),
      port: fc.integer({ min: 1, max: 65535 }),
      targetPort: fc.oneof(fc.integer({ min: 1, max: 65535 }), fc.constantFrom("sql", "gossip")),
      protocol: fc.constantFrom("TCP", "UDP"),
    });
    const ports = fc.uniqueArray(anyPort, { selector: ({ name }) => name });
    const pods = fc.constantFrom(page, database, dualPod, aStandbyPod({ zone: "a" }));
    fc.assert(
      fc.property(ports, pods, fc.boolean(), (list, pod, ready) => {
        const service = aService({ ports: list, ipFamilies: ["IPv4", "IPv6"] });
        const written = sliceChanges(service, [], pod, ready).map(({ content }) =>
          readStandbySlice(buildStandbySlice(at, service, content)),
        );
        expect(written).not.toEqual([]);
        expect(sliceChanges(service, written, pod, ready)).toEqual([]);
        expect(sliceChanges(service, written, pod, !ready)).toHaveLength(written.length);
      }),
    );
  });
});

describe("buildStandbySlice", () => {
  it.each([
    [true, { ready: true, serving: true, terminating: false }],
    [false, { ready: false, serving: true, terminating: true }],
  ])("makes an endpoint that serves, now: %s", (ready, conditions) => {
    const [change] = sliceChanges(aService(), [], page, ready);
    const slice = change && buildStandbySlice(at, aService(), change.content);
    expect(slice?.endpoints.map(endpoint => endpoint.conditions)).toEqual([conditions]);
  });
});

describe("readStandbySlice", () => {
  it.each([
    ["true", { ready: true }, true],
    ["false", { ready: false }, false],
    ["not said, which means true", {}, true],
  ])("reads whether it is ready: %s", (_, conditions, ready) => {
    const endpoints = [{ addresses: ["10.0.0.9"], conditions }];
    expect(readStandbySlice({ endpoints }).endpoint?.ready).toBe(ready);
  });
});

describe("saysAll", () => {
  const written = sliceChanges(dual, [], dualPod, true).map(({ content }) => content);
  const read = written.map(content => readStandbySlice(buildStandbySlice(at, dual, content)));
  const [first] = read;

  it.each<[string, StandbySlice[], boolean]>([
    ["what was written", read, true],
    ["one of two", read.slice(1), false],
    ["another endpoint", read.map(slice => ({ ...slice, endpoint: first?.endpoint })), false],
    ["the other family", read.map(slice => ({ ...slice, addressType: "IPv6" })), false],
  ])("knows whether the slices say %s", (_, slices, expected) => {
    expect(saysAll(slices, written)).toBe(expected);
  });

  it("is true of nothing", () => {
    expect(saysAll([], undefined)).toBe(true);
  });
});

describe("staleSlices", () => {
  const slice = aSlice(page, false);
  it.each([
    ["of this Service", slice, 0],
    ["of an earlier Service", { ...slice, serviceUid: "s0" }, 1],
    ["of a family that the Service has lost", { ...slice, addressType: "IPv6" }, 1],
  ])("%s: %o", (_, one, count) => {
    expect(staleSlices(aService(), [one])).toHaveLength(count);
  });

  it("all but one of a family", () => {
    const [first, second] = [slice, { ...slice, uid: "e2" }];
    expect(staleSlices(aService(), [first, second])).toEqual([second]);
  });
});

describe("isStandbySlice", () => {
  const [change] = sliceChanges(aService(), [], page, false);
  const ours = change && buildStandbySlice(at, aService(), change.content);
  const { metadata } = ours ?? {};

  it("knows the ones that we make", () => {
    expect(ours && isStandbySlice(ours)).toBe(true);
  });

  it.each([
    ["another manager's", { labels: { ...metadata?.labels, [MANAGER]: "somebody-else" } }],
    ["one without an owner", { ownerReferences: [] }],
    ["one of another Service", { labels: { ...metadata?.labels, [SERVICE]: "cart" } }],
  ])("does not take %s for ours", (_, difference) => {
    expect(isStandbySlice({ metadata: { ...metadata, ...difference } })).toBe(false);
  });
});
