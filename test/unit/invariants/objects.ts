import { SERVICE_NAME_LABEL } from "../../../capabilities/domain/endpoints";
import { FALLBACK_LABEL, OWNED_ANNOTATION } from "../../../capabilities/domain/fallback-pod";
import type {
  EndpointSliceObject,
  PodObject,
  ServiceObject,
} from "../../../capabilities/domain/kubernetes";
import { MANAGED_BY } from "../../../capabilities/domain/standby-slice";
import type { Snapshot } from "../../../hack/invariants/snapshot";

const namespace = "shop";
const OWNER = { apiVersion: "v1", kind: "Service", name: "web", uid: "s1", controller: true };

export const READY = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
export const NOT_READY = { phase: "Running", conditions: [{ type: "Ready", status: "False" }] };

/** Service `shop/web`, which selects `app: web`. */
export function service(spec: ServiceObject["spec"] = {}): ServiceObject {
  const metadata = { namespace, name: "web", uid: "s1", labels: { app: "web" } };
  return { metadata, spec: { selector: { app: "web" }, ...spec } };
}

export function pod(uid: string, status: PodObject["status"] = READY): PodObject {
  return { metadata: { namespace, name: uid, uid, labels: { app: "web" } }, status };
}

/** A fallback Pod of `shop/web`. */
export function fallback(uid: string, change: PodObject["metadata"] = {}): PodObject {
  return {
    metadata: {
      namespace,
      name: `service-watcher-web-${uid}`,
      uid,
      labels: { app: "web", [FALLBACK_LABEL]: "web" },
      annotations: { [OWNED_ANNOTATION.key]: OWNED_ANNOTATION.value },
      ownerReferences: [OWNER],
      ...change,
    },
    status: READY,
  };
}

/** The EndpointSlice of `shop/web`. */
export function slice(...ready: string[]): EndpointSliceObject {
  const labels = { [SERVICE_NAME_LABEL]: "web" };
  const endpoints = ready.map(uid => ({
    addresses: ["10.0.0.1"],
    conditions: { ready: true },
    targetRef: { kind: "Pod", uid },
  }));
  return { metadata: { namespace, name: "web-1", uid: "e1", labels }, endpoints };
}

/** Labels of a warm fallback Pod: the selector does not find it. */
export const warmLabels = { [FALLBACK_LABEL]: "web" };

/** The operator's EndpointSlice of `shop/web`, which lists a fallback Pod. */
export function standbySlice(
  state: "ready" | "at rest" | "down",
  uid: string,
): EndpointSliceObject {
  const labels = {
    [SERVICE_NAME_LABEL]: "web",
    [MANAGED_BY.label]: MANAGED_BY.value,
  };
  const conditions = {
    ready: state === "ready",
    serving: state !== "down",
    terminating: state === "at rest",
  };
  return {
    metadata: {
      ...{ namespace, name: "service-watcher-web-ipv4", uid: "e2", labels },
      ownerReferences: [OWNER],
    },
    endpoints: [{ addresses: ["10.0.0.9"], conditions, targetRef: { kind: "Pod", uid } }],
  };
}

export const critical = {
  metadata: { name: "web", uid: "c1" },
  spec: { matchLabels: [{ key: "app", value: "web" }] },
};

/** A lame, critical Service with one fallback. */
export function quiet(change: Partial<Snapshot> = {}): Snapshot {
  return {
    services: [service()],
    slices: [slice("f1")],
    pods: [fallback("f1")],
    criticalServices: [critical],
    ...change,
  };
}
