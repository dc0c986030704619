import { FALLBACK_LABEL, OWNED_ANNOTATION } from "../../capabilities/domain/fallback-pod";
import { STRATEGIC_MERGE, type ClusterApi } from "./cluster-api";
import type { Action, PlannedSpec } from "./plan";

const CRITICAL_SERVICES = "/apis/mycrd.com/v1/criticalservices";
const CONTAINERS = [{ name: "app", image: "example.com/app:1" }];
/** How kwok is told not to make a Pod Ready. */
const NOT_READY = { "critical-service-operator/not-ready": "true" };

type Doing<Name extends Action["do"]> = Extract<Action, { do: Name }>;
type Do<Name extends Action["do"]> = (api: ClusterApi, action: Doing<Name>) => Promise<void>;

/** Does it, if what it is about is there; waits for the API server if that is down. */
export async function perform(api: ClusterApi, action: Action): Promise<void> {
  await DEEDS[action.do](api, action as never);
}

/** Where the fallback Pod of a Service is, unless there are several. */
export function fallbackPath(place: { namespace: string; service: string }): string {
  return pod(place.namespace, fallbackName(place.service));
}

const DEEDS: { readonly [Name in Action["do"]]: Do<Name> } = {
  "put Service": async (api, { namespace, service, tier, version }) => {
    const labels = { app: service, tier };
    const selector = { app: service, version: version || null };
    await api.create(collection(namespace, "services"), {
      metadata: { name: service, labels },
      spec: { selector: { app: service }, ports: [{ port: 80, targetPort: 8080 }] },
    });
    await api.patch(serviceAt(namespace, service), { metadata: { labels }, spec: { selector } });
  },
  "delete Service": (api, { namespace, service }) => api.delete(serviceAt(namespace, service)),
  "drop selector": (api, { namespace, service }) =>
    api.patch(serviceAt(namespace, service), { spec: { selector: null } }),
  "delete fallback": (api, place) => api.delete(fallbackPath(place)),
  "end fallback": (api, place) =>
    api.patch(`${fallbackPath(place)}/status`, { status: { phase: "Failed" } }),
  "put Pod": async (api, { namespace, service, index, ready }) => {
    await api.create(collection(namespace, "pods"), {
      metadata: {
        name: podName(service, index),
        // Some of its Pods are of the other version, which the Service may come to select.
        labels: { app: service, version: String(index + 1) },
        annotations: ready ? {} : NOT_READY,
      },
      spec: { containers: CONTAINERS },
    });
  },
  "set ready": (api, { namespace, service, index, ready }) => {
    const status = ready ? "True" : "False";
    const conditions = ["ContainersReady", "Ready"].map(type => ({ type, status }));
    const path = `${pod(namespace, podName(service, index))}/status`;
    return api.patch(path, { status: { conditions } }, STRATEGIC_MERGE);
  },
  "delete Pod": (api, { namespace, service, index }) =>
    api.delete(pod(namespace, podName(service, index))),
  "relabel Pod": (api, { namespace, service, index }) =>
    api.patch(pod(namespace, podName(service, index)), { metadata: { labels: { app: "gone" } } }),
  "put impostor": async (api, { namespace, service, mark }) => {
    await api.create(collection(namespace, "pods"), {
      metadata: {
        name: mark === "name" ? fallbackName(service) : impostorName(service, mark),
        labels: { app: "impostor", ...(mark === "label" && { [FALLBACK_LABEL]: service }) },
        annotations:
          mark === "annotation" ? { [OWNED_ANNOTATION.key]: OWNED_ANNOTATION.value } : {},
      },
      spec: { containers: CONTAINERS },
    });
  },
  "delete impostor": async (api, { namespace, service, mark }) => {
    if (mark !== "name") {
      await api.delete(pod(namespace, impostorName(service, mark)));
      return;
    }
    const path = pod(namespace, fallbackName(service));
    const found = (await api.get(path)) as { metadata?: { labels?: { app?: string } } } | undefined;
    if (found?.metadata?.labels?.app === "impostor") {
      await api.delete(path);
    }
  },
  "put CriticalService": async (api, { name, spec }) => {
    await replace(api, name, criticalServiceSpec(spec));
  },
  "break CriticalService": async (api, { name }) => {
    // The schema lets the field pass; the operator does not.
    await replace(api, name, { matchLabels: [{ key: "app", value: "shop" }], nameSpace: "shop" });
  },
  "delete CriticalService": (api, { name }) => api.delete(`${CRITICAL_SERVICES}/${name}`),
};

async function replace(api: ClusterApi, name: string, spec: object): Promise<void> {
  const object = { apiVersion: "mycrd.com/v1", kind: "CriticalService", metadata: { name }, spec };
  await api.create(CRITICAL_SERVICES, object);
  const cleared = { namespace: null, nameSpace: null, page: null, ...spec };
  await api.patch(`${CRITICAL_SERVICES}/${name}`, { spec: cleared });
}

function criticalServiceSpec({ namespace, key, value, message }: PlannedSpec): object {
  return {
    matchLabels: [{ key, value }],
    ...(namespace !== undefined && { namespace }),
    ...(message !== undefined && { page: { message } }),
  };
}

function collection(namespace: string, plural: "services" | "pods"): string {
  return `/api/v1/namespaces/${namespace}/${plural}`;
}

function serviceAt(namespace: string, name: string): string {
  return `${collection(namespace, "services")}/${name}`;
}

function pod(namespace: string, name: string): string {
  return `${collection(namespace, "pods")}/${name}`;
}

function podName(service: string, index: number): string {
  return `${service}-${index}`;
}

function fallbackName(service: string): string {
  return `service-watcher-${service}`;
}

function impostorName(service: string, mark: string): string {
  return `impostor-${service}-${mark}`;
}
