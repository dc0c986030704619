import { describe, expect, it } from "vitest";
import { foreignWrites, type AuditEvent } from "../../../hack/invariants/writes";
import { fallback, pod, slice, standbySlice } from "./objects";

const OPERATOR = "operator";
const objects = [fallback("f1"), pod("p1"), standbySlice("ready", "f1"), slice("p1")];
const history = {
  byUid: (uid: string) => objects.find(({ metadata }) => metadata?.uid === uid),
};

function request(
  verb: string,
  objectRef: NonNullable<AuditEvent["objectRef"]>,
  { uid = "", code = 200, username = OPERATOR, object = {} } = {},
): AuditEvent {
  return {
    ...{ auditID: "1", verb, user: { username }, objectRef },
    ...{ responseStatus: { code }, responseObject: object },
    ...(uid && { requestObject: { preconditions: { uid } } }),
  };
}

const podNamed = (name: string) => ({ resource: "pods", namespace: "shop", name });
const sliceNamed = (name: string) => ({
  ...{ apiGroup: "discovery.k8s.io", resource: "endpointslices", namespace: "shop", name },
});

const takenOver = { metadata: { ...standbySlice("ready", "f1").metadata, uid: "e1" } };

describe("foreignWrites", () => {
  it.each<[string, AuditEvent]>([
    ["reads", request("list", { resource: "services" })],
    ["the deletion of a fallback by its UID", request("delete", podNamed("x"), { uid: "f1" })],
    ["the creation of a fallback", request("create", podNamed("x"), { object: fallback("f1") })],
    [
      "the creation of a standby endpoint",
      request("create", sliceNamed("x"), { object: standbySlice("ready", "f1") }),
    ],
    [
      "a change of a standby endpoint",
      request("patch", sliceNamed("x"), { object: standbySlice("at rest", "f1") }),
    ],
    ["the deletion of a standby endpoint", request("delete", sliceNamed("x"), { uid: "e2" })],
    ["an Event", request("create", { apiGroup: "events.k8s.io", resource: "events" })],
    ["what is refused", request("delete", podNamed("p1"), { code: 409 })],
    ["what others do", request("delete", podNamed("p1"), { username: "admin" })],
  ])("lets %s pass", (_, event) => {
    expect(foreignWrites([event], OPERATOR, history)).toEqual([]);
  });

  it.each<[string, string, AuditEvent]>([
    [
      "the deletion of a Pod that is not ours",
      "deleted a Pod not its own (UID p1)",
      request("delete", podNamed("p1"), { uid: "p1" }),
    ],
    [
      "a deletion without a UID",
      "deleted a Pod not its own (UID none given)",
      request("delete", podNamed("service-watcher-web-f1")),
    ],
    [
      "the creation of a Pod that is not marked",
      "created a Pod that is not marked as its own",
      request("create", podNamed("p1"), { object: pod("p1") }),
    ],
    [
      "the creation of an EndpointSlice that is not marked",
      "created an EndpointSlice that is not marked as its own",
      request("create", sliceNamed("x"), { object: slice("p1") }),
    ],
    [
      "a change of an EndpointSlice that was not ours, though it is marked now",
      "changed an EndpointSlice not its own (UID e1)",
      request("patch", sliceNamed("x"), { object: takenOver }),
    ],
    [
      "the deletion of an EndpointSlice that is not ours",
      "deleted an EndpointSlice not its own (UID e1)",
      request("delete", sliceNamed("web-1"), { uid: "e1" }),
    ],
    ["a patch of a Pod", "did: patch /pods", request("patch", podNamed("service-watcher-web"))],
    ["a patch of a Service", "did: patch /services", request("patch", { resource: "services" })],
    [
      "a patch of a CriticalService's spec",
      "did: patch mycrd.com/criticalservices",
      request("patch", { apiGroup: "mycrd.com", resource: "criticalservices" }),
    ],
  ])("finds %s", (_, what, event) => {
    expect(foreignWrites([event], OPERATOR, history)).toMatchObject([{ what }]);
  });
});
