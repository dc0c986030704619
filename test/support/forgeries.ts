import { createHash } from "node:crypto";
import { FALLBACK_LABEL } from "../../capabilities/domain/fallback-pod";
import { MANAGED_BY } from "../../capabilities/domain/standby-slice";
import type { Outsider } from "./outsider";

/** Makes objects with some of the marks by which the operator knows its own of a Service. */
export async function makeForgeries(
  outsider: Outsider,
  namespace: string,
  service: string,
  uid: string,
): Promise<void> {
  const core = `/api/v1/namespaces/${namespace}`;
  const spec = { containers: [{ name: "app", image: "example.com/app:1" }] };
  for (const [index, mark] of almostFallbacks(service, uid).entries()) {
    await outsider.own(`${core}/pods`, { metadata: { name: `forged-${index}`, ...mark }, spec });
  }
  const slices = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
  for (const [index, mark] of almostSlices(service, uid).entries()) {
    const content = { addressType: "IPv4", endpoints: [], ports: null };
    await outsider.own(slices, { metadata: { name: `forged-${index}`, ...mark }, ...content });
  }
  await outsider.own(`${core}/events`, almostEvent(namespace, service, uid));
}

/** Of the name that the operator's own would have. */
function almostEvent(namespace: string, service: string, uid: string): object {
  const digest = createHash("sha256").update(`${uid}/FallbackReleased`).digest("hex");
  return {
    metadata: { name: `${service}.${digest.slice(0, 16)}` },
    involvedObject: { kind: "Service", namespace, name: service, uid },
    ...{ reason: "FallbackReleased", message: "mine", count: 1 },
    lastTimestamp: "2020-01-01T00:00:00Z",
  };
}

const KNATIVE = "serving.knative.dev/v1";

/** Metadata of Pods that look like fallback Pods of the Service, and each lack one mark. */
function almostFallbacks(service: string, uid: string): object[] {
  const owner = ownerOf(service, uid);
  const labels = { [FALLBACK_LABEL]: service };
  const annotations = { "service-watcher": "owned" };
  return [
    { labels },
    { labels, annotations },
    { annotations, ownerReferences: [owner] },
    { labels, ownerReferences: [owner] },
    { labels, annotations, ownerReferences: [{ ...owner, controller: false }] },
    { labels, annotations, ownerReferences: [{ ...owner, apiVersion: KNATIVE }] },
  ];
}

/** The same of EndpointSlices. */
function almostSlices(service: string, uid: string): object[] {
  const owner = ownerOf(service, uid);
  const ours = { [MANAGED_BY.label]: MANAGED_BY.value };
  const labels = { ...ours, "kubernetes.io/service-name": service };
  return [
    { labels },
    { labels, ownerReferences: [{ ...owner, apiVersion: KNATIVE }] },
    { labels: ours, ownerReferences: [owner] },
  ];
}

function ownerOf(name: string, uid: string) {
  return { apiVersion: "v1", kind: "Service", name, uid, controller: true };
}
