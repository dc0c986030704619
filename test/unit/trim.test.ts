import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSlice } from "../../capabilities/domain/endpoints";
import type { EndpointSliceObject, ServiceObject } from "../../capabilities/domain/kubernetes";
import { readService, trimService } from "../../capabilities/domain/service";
import { readStandbySlice, trimSlice } from "../../capabilities/domain/standby-slice";
import { View } from "../../capabilities/domain/view";
import { KEY, slice, standbySlice } from "./objects";

const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const partly = <T extends object>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(fields, { requiredKeys: [] });

const aName = fc.constantFrom("a", "b");
const labels = fc.dictionary(fc.constantFrom("app", "tier"), aName);
const metadata = partly({
  ...{ name: aName, namespace: aName, uid: aName, resourceVersion: fc.constantFrom("1", "2") },
  ...{ labels, annotations: labels, deletionTimestamp: fc.constant("2026-01-01T00:00:00Z") },
});
const aService = partly({
  metadata,
  spec: partly({
    type: fc.constantFrom("ClusterIP", "ExternalName"),
    selector: labels,
    ports: fc.array(fc.record({ port: fc.integer({ min: 1, max: 3 }), protocol: aName })),
    ipFamilies: fc.array(fc.constantFrom("IPv4", "IPv6")),
    clusterIP: aName,
  }),
});
const anEndpoint = fc.record(
  {
    addresses: fc.array(aName),
    conditions: partly({ ready: some(fc.boolean()), serving: fc.boolean() }),
    targetRef: partly({ uid: aName, name: aName }),
    nodeName: aName,
  },
  { requiredKeys: ["addresses"] },
);
/** The API writes "none" as null. */
const endpoints = fc.option(fc.array(anEndpoint));

describe("what is trimmed", () => {
  it("is read as the whole Service", () => {
    fc.assert(
      fc.property(aService, object => {
        const service = object as ServiceObject;
        expect(readService(trimService(service))).toEqual(readService(service));
      }),
    );
  });

  it("is read as the whole EndpointSlice, of us or of others", () => {
    fc.assert(
      fc.property(endpoints, fc.boolean(), (endpoints, isOurs) => {
        const whole = { ...(isOurs ? standbySlice() : slice(true)), endpoints };
        const object = whole as EndpointSliceObject;
        expect(readSlice(trimSlice(object))).toEqual(readSlice(object));
        expect(situationOf(trimSlice(object))).toEqual(situationOf(object));
        expect(readStandbySlice(trimSlice(standbySlice()))).toEqual(
          readStandbySlice(standbySlice()),
        );
      }),
    );
  });

  it("is little of an EndpointSlice", () => {
    expect(trimSlice(slice(true))).toEqual({
      metadata: slice(true).metadata,
      endpoints: [{ addresses: [], conditions: { ready: true }, targetRef: { uid: "p1" } }],
    });
  });
});

function situationOf(slice: EndpointSliceObject) {
  const view = new View();
  view.setSlice(slice);
  return view.situation(KEY);
}
