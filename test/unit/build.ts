import type { CriticalServiceSpec, Standby } from "../../capabilities/domain/critical-service";
import type { Protector } from "../../capabilities/domain/situation";
import type { FallbackPod } from "../../capabilities/domain/fallback-pod";
import type { Phase, TimedState } from "../../capabilities/domain/service-state";
import type { ServiceRecord } from "../../capabilities/domain/service";
import type { StandbySlice } from "../../capabilities/domain/standby-slice";

/** A Service of namespace "shop" that selects `app: shop`. */
export function aService(change: Partial<ServiceRecord> = {}): ServiceRecord {
  return {
    uid: "s1",
    labels: {},
    selector: { app: "shop" },
    ports: [{ port: 80, targetPort: 8080 }],
    ipFamilies: ["IPv4"],
    skipped: undefined,
    ...change,
  };
}

/** A live, Ready fallback Pod that the Service finds by its labels. */
export function aPod(change: Partial<FallbackPod> = {}): FallbackPod {
  return {
    namespace: "shop",
    name: "service-watcher-web",
    uid: "p1",
    labels: { app: "shop" },
    serviceUid: "s1",
    content: "v1",
    ready: true,
    state: "live",
    ips: ["10.0.0.9"],
    ports: [{ containerPort: 8080 }],
    nodeName: "node-1",
    zone: undefined,
    ...change,
  };
}

/** A live, Ready standby Pod, which the Service does not find by its labels. */
export function aStandbyPod(change: Partial<FallbackPod> = {}): FallbackPod {
  return aPod({ labels: {}, ...change });
}

/** An EndpointSlice of ours that lists `pod`. */
export function aSlice(
  pod: FallbackPod,
  ready: boolean,
  change: Partial<StandbySlice> = {},
): StandbySlice {
  const { name, uid, ips, nodeName, zone } = pod;
  return {
    namespace: "shop",
    name: "service-watcher-web-ipv4",
    uid: "e1",
    serviceUid: "s1",
    addressType: "IPv4",
    endpoint: {
      address: ips[0] ?? "",
      ...{ ready, podName: name, podUid: uid, nodeName, zone },
    },
    ports: [{ name: "", port: 8080, protocol: "TCP" }],
    ...change,
  };
}

/** A CriticalService that names the Service. */
export function aProtector(
  standby: Standby,
  name = "web",
  change: Partial<CriticalServiceSpec> = {},
): Protector {
  const waits = { activateAfterSeconds: 0, releaseAfterSeconds: 0 };
  return { name, spec: { matchLabels: [], standby, ...waits, ...change } };
}

/** The state of a Service, with its phase's name for a message. */
export function aState(phase: Phase, change: Partial<TimedState> = {}): TimedState {
  return { phase, message: phase, warnings: [], since: undefined, ...change };
}
