import { describe, expect, it } from "vitest";
import { placeOf, Population, type Prototype } from "../../../../hack/bench/scale/population";

const UIDS = ["aaaaaaaa-service", "bbbbbbbb-slice", "cccccccc-pod"];

const pod = {
  metadata: { namespace: "proto-ns", name: "proto-0", uid: UIDS[2], labels: { app: "proto" } },
  spec: { nodeName: "node-1" },
  status: {
    podIP: "10.244.0.1",
    conditions: [
      { type: "Initialized", status: "True" },
      { type: "Ready", status: "True" },
    ],
  },
};

const prototype: Prototype = {
  namespace: "proto-ns",
  name: "proto",
  uids: UIDS,
  podIps: ["10.244.0.1"],
  clusterIp: "10.96.0.7",
  nodeName: "node-1",
  pods: [{ key: "/registry/pods/proto-ns/proto-0", value: JSON.stringify(pod) }],
  others: [
    {
      key: "/registry/ipaddresses/10.96.0.7",
      value: JSON.stringify({ metadata: { name: "10.96.0.7" }, spec: { parentRef: "proto" } }),
    },
    {
      key: "/registry/endpointslices/proto-ns/proto-x7",
      value: JSON.stringify({ owner: UIDS[0], pod: UIDS[2], address: "10.244.0.1" }),
    },
  ],
};

const population = () => new Population(prototype, 300, 4);

describe("a copy", () => {
  it("has nothing left of the prototype's names, UIDs and addresses", () => {
    const text = JSON.stringify(population().service(123));
    expect(text).not.toMatch(/proto|aaaa|bbbb|cccc|10\.244\.0\.1"|10\.96\.0\.7/);
  });

  it("is at its own place in etcd", () => {
    const keys = population()
      .service(123)
      .map(([key]) => key);
    expect(keys).toEqual([
      "/registry/ipaddresses/10.96.64.123",
      "/registry/endpointslices/bench-0012/svc-00123-x7",
      "/registry/pods/bench-0012/svc-00123-0",
    ]);
  });

  it("refers to its own objects", () => {
    const [, slice, copy] = population()
      .service(5)
      .map(([, value]) => JSON.parse(value) as Record<string, unknown>);
    const { metadata, status } = copy as typeof pod;
    expect(slice).toMatchObject({ pod: metadata.uid, address: status.podIP });
  });

  it("shares no UID, no key and no address with another", () => {
    const all = Array.from({ length: 300 }, (_, index) => population().service(index));
    const texts = all.flatMap(changes => changes.map(([key]) => key));
    expect(new Set(texts).size).toBe(texts.length);
    const ips = all.map(
      changes => /"podIP":"([^"]+)"/.exec(JSON.stringify(changes).replaceAll("\\", ""))?.[1],
    );
    expect(new Set(ips).size).toBe(300);
  });
});

describe("the Pods of a Service", () => {
  it("go", () => {
    expect(population().withoutPods(7)).toEqual([
      ["/registry/pods/bench-0000/svc-00007-0", undefined],
    ]);
  });

  it("come back under the same name as others", () => {
    const all = population();
    const uid = ([[, value]]: ReturnType<Population["newPods"]> | [[string, undefined]]) =>
      (JSON.parse(value ?? "") as typeof pod).metadata.uid;
    const [first, second] = [all.newPods(7), all.newPods(7)];
    expect(first.map(([key]) => key)).toEqual(second.map(([key]) => key));
    expect(uid(first)).not.toBe(uid(second));
  });

  it("turn not Ready without becoming others", () => {
    const all = population();
    const [ready, unready] = [all.podReady(7, true), all.podReady(7, false)].map(
      ([change]) => JSON.parse(change?.[1] ?? "") as typeof pod,
    );
    expect(unready?.metadata).toEqual(ready?.metadata);
    expect(unready?.status.conditions.map(({ status }) => status)).toEqual(["True", "False"]);
  });
});

it("ten Services share a namespace", () => {
  expect([9, 10].map(index => placeOf(index).namespace)).toEqual(["bench-0000", "bench-0001"]);
  expect(population().namespaces).toHaveLength(30);
});
