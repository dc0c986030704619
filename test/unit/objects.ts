import { FALLBACK_LABEL } from "../../capabilities/domain/fallback-pod";

/** The Service of the objects below. */
export const KEY = "shop/web";
const meta = (name: string, uid: string, resourceVersion: string) => ({
  namespace: "shop",
  name,
  uid,
  resourceVersion,
});
export const service = (uid = "s1", version = "1") => ({
  metadata: { ...meta("web", uid, version), labels: { app: "web" } },
  spec: { selector: { app: "web" } },
});
/** Of Kubernetes' own controller. */
export const slice = (ready: boolean, version = "1", pod = "p1") => ({
  metadata: { ...meta("web-x", "e1", version), labels: { "kubernetes.io/service-name": "web" } },
  endpoints: [{ addresses: ["10.0.0.1"], conditions: { ready }, targetRef: { uid: pod } }],
});
export const fallback = (uid = "f1", version = "1") => ({
  metadata: {
    ...meta("service-watcher-web", uid, version),
    labels: { app: "web", [FALLBACK_LABEL]: "web" },
    annotations: { "service-watcher": "owned" },
    ownerReferences: [
      { apiVersion: "v1", kind: "Service", name: "web", uid: "s1", controller: true },
    ],
  },
});
/** Of ours. */
export const standbySlice = (version = "1") => ({
  metadata: {
    ...meta("service-watcher-web-ipv4", "e2", version),
    labels: {
      "kubernetes.io/service-name": "web",
      "endpointslice.kubernetes.io/managed-by": "critical-service-operator.mycrd.com",
    },
    ownerReferences: fallback().metadata.ownerReferences,
  },
  endpoints: [{ addresses: ["10.0.0.1"], conditions: { ready: true }, targetRef: { uid: "f1" } }],
});
export const critical = (spec: unknown, version = "1") => ({
  metadata: { name: "web", uid: "c1", resourceVersion: version },
  spec,
});
export const NAMES_WEB = { matchLabels: [{ key: "app", value: "web" }] };
