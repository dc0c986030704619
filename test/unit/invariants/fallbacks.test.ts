import { describe, expect, it } from "vitest";
import type { PodObject } from "../../../capabilities/domain/kubernetes";
import { fallbackBreaches, unsettled } from "../../../hack/invariants/fallbacks";
import type { Snapshot } from "../../../hack/invariants/snapshot";
import {
  critical,
  fallback,
  NOT_READY,
  pod,
  quiet,
  service,
  slice,
  standbySlice,
  warmLabels,
} from "./objects";

const otherLabels = { labels: { app: "other", "mycrd.com/fallback-for": "web" } };
const foreign = { metadata: { namespace: "shop", name: "service-watcher-web", uid: "x1" } };

describe("fallbackBreaches", () => {
  it.each<[string, Snapshot]>([
    ["a lame, critical Service with one fallback", quiet()],
    ["a Service that is well", quiet({ pods: [pod("p1")], slices: [slice("p1")] })],
    [
      "a lame Service that is not critical",
      quiet({ pods: [], criticalServices: [], slices: [slice()] }),
    ],
    ["a Service without an EndpointSlice yet", quiet({ pods: [], slices: [] })],
    [
      "a fallback that is being deleted beside its successor",
      quiet({
        pods: [fallback("f0", { deletionTimestamp: "2026-01-01T00:00:00Z" }), fallback("f1")],
      }),
    ],
    ["a fallback whose name is taken", quiet({ pods: [foreign], slices: [slice()] })],
    ["a fallback whose Service is gone", quiet({ services: [] })],
    [
      "a CriticalService that can't be read",
      quiet({
        pods: [],
        slices: [slice()],
        criticalServices: [{ ...critical, spec: { matchLabels: [] } }],
      }),
    ],
  ])("%s is fine", (_, snapshot) => {
    expect(fallbackBreaches(snapshot)).toEqual([]);
  });

  it.each<[string, string, Snapshot]>([
    [
      "no fallback",
      "is lame and critical, but has no fallback",
      quiet({ pods: [], slices: [slice()] }),
    ],
    [
      "two fallbacks",
      "is lame and critical, but 2 of its fallbacks service-watcher-web-f1, service-watcher-web-f2 can serve",
      quiet({ pods: [fallback("f1"), fallback("f2")] }),
    ],
    [
      "a fallback that has ended",
      "is lame and critical, but 0 of its fallbacks service-watcher-web-f1 can serve",
      quiet({ pods: [{ ...fallback("f1"), status: { phase: "Failed" } }] }),
    ],
    [
      "a fallback that the selector does not find",
      "is lame and critical, but 0 of its fallbacks service-watcher-web-f1 can serve",
      quiet({ pods: [fallback("f1", otherLabels)] }),
    ],
    [
      "a fallback beside a Ready Pod",
      "has fallback service-watcher-web-f1, but 1 Pod(s) of its own are Ready",
      quiet({ pods: [fallback("f1"), pod("p1")], slices: [slice("f1", "p1")] }),
    ],
    [
      "a fallback that no CriticalService asks for",
      "has fallback service-watcher-web-f1, but no CriticalService names it",
      quiet({ criticalServices: [] }),
    ],
    [
      "a fallback of a Service that is not looked after",
      "has fallback service-watcher-web-f1, but is not looked after",
      quiet({ services: [service({ type: "ExternalName" })] }),
    ],
  ])("%s is a breach", (_, what, snapshot) => {
    expect(fallbackBreaches(snapshot)).toEqual([{ subject: "shop/web", what }]);
  });
});

describe("fallbackBreaches, of a warm standby", () => {
  const warm = { ...critical, spec: { ...critical.spec, standby: "Warm" } };
  const pods = [fallback("f1", { labels: warmLabels })];
  const well = (state: "ready" | "at rest") => [slice("p1"), standbySlice(state, "f1")];
  const standing = (change: Partial<Snapshot>) =>
    fallbackBreaches(quiet({ pods, slices: well("at rest"), criticalServices: [warm], ...change }));
  const taken = { metadata: { namespace: "shop", name: "service-watcher-web-ipv4" } };

  it.each<[string, Partial<Snapshot>]>([
    ["a standby at rest beside a Ready Pod", {}],
    ["a ready one of a lame Service", { slices: [slice(), standbySlice("ready", "f1")] }],
    ["one that is not Ready and not listed", { pods: [notReady(pods)], slices: [slice()] }],
    ["one whose EndpointSlice's name is taken", { slices: [slice(), taken] }],
  ])("%s is fine", (_, change) => {
    expect(standing(change)).toEqual([]);
  });

  it.each<[string, string, Partial<Snapshot>]>([
    ["no standby", "is critical with a standby, but has no fallback", { pods: [] }],
    [
      "a fallback that the selector finds",
      "is critical with a standby, but 0 of its fallbacks service-watcher-web-f1 can serve",
      { pods: [fallback("f1")] },
    ],
    [
      "a standby that no EndpointSlice lists",
      "has standby endpoint none, wanted f1 ready: false",
      { slices: [slice("p1")] },
    ],
    [
      "a ready standby beside a Ready Pod",
      "has standby endpoint f1 ready: true, wanted f1 ready: false",
      { slices: well("ready") },
    ],
    [
      "a standby at rest of a lame Service",
      "has standby endpoint f1 ready: false, wanted f1 ready: true",
      { slices: [slice(), standbySlice("at rest", "f1")] },
    ],
    [
      "an EndpointSlice of a Service that is not critical",
      "has a standby endpoint, but no CriticalService names it",
      { pods: [], criticalServices: [] },
    ],
  ])("%s is a breach", (_, what, change) => {
    expect(standing(change)).toEqual([{ subject: "shop/web", what }]);
  });
});

function notReady(pods: readonly PodObject[]): PodObject {
  return { ...pods[0], status: NOT_READY };
}

describe("unsettled", () => {
  it.each<[string, boolean, Snapshot]>([
    ["EndpointSlices and Pods agree", true, quiet({ pods: [pod("p1")], slices: [slice("p1")] })],
    ["only a fallback is missing from them", true, quiet({ slices: [slice()] })],
    ["a Ready Pod is missing", false, quiet({ pods: [pod("p1")], slices: [slice()] })],
    ["a Pod is gone", false, quiet({ pods: [], slices: [slice("p1")] })],
    [
      "a Pod is Ready no more",
      false,
      quiet({ pods: [pod("p1", NOT_READY)], slices: [slice("p1")] }),
    ],
    ["a Pod is on its way", false, quiet({ pods: [pod("p1", { phase: "Pending" })] })],
    ["there is no EndpointSlice", false, quiet({ slices: [] })],
  ])("%s: %s", (_, settled, snapshot) => {
    expect(unsettled(snapshot).length === 0).toBe(settled);
  });
});
