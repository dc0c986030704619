import { describe, expect, it } from "vitest";
import type { PodObject } from "../../../capabilities/domain/kubernetes";
import { foreignWrites, type AuditEvent } from "../../../hack/invariants/writes";
import { fallback, pod } from "./objects";

const OPERATOR = "operator";
const pods: PodObject[] = [fallback("f1"), pod("p1")];
const history = {
  byUid: (uid: string) => pods.find(({ metadata }) => metadata?.uid === uid),
  byName: (namespace: string, name: string) =>
    pods.filter(({ metadata }) => metadata?.namespace === namespace && metadata.name === name),
};

function request(
  verb: string,
  objectRef: NonNullable<AuditEvent["objectRef"]>,
  { uri = "/", code = 200, username = OPERATOR } = {},
): AuditEvent {
  const responseStatus = { code };
  return { auditID: "1", verb, requestURI: uri, user: { username }, objectRef, responseStatus };
}

const podNamed = (name: string) => ({ resource: "pods", namespace: "shop", name });
const withUid = (uid: string) => ({ uri: `/api/v1/namespaces/shop/pods/x?uid=${uid}` });

describe("foreignWrites", () => {
  it.each<[string, AuditEvent]>([
    ["reads", request("list", { resource: "services" })],
    ["the deletion of a fallback by its UID", request("delete", podNamed("x"), withUid("f1"))],
    ["the creation of a fallback", request("create", podNamed("service-watcher-web-f1"))],
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
      request("delete", podNamed("p1"), withUid("p1")),
    ],
    [
      "a deletion without a UID",
      "deleted a Pod not its own (UID none given)",
      request("delete", podNamed("service-watcher-web-f1")),
    ],
    [
      "the creation of a Pod that is not marked",
      "created a Pod that is not marked as its own",
      request("create", podNamed("p1")),
    ],
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
