import type { ObjectMeta } from "../../capabilities/domain/kubernetes";
import { STRATEGIC_MERGE, type ClusterApi } from "./cluster-api";
import { CONTAINERS, fallbackName, impostor, pods, slices, standbyName } from "./impostors";
import type { Action, Place, PlannedSpec } from "./plan";

const CRITICAL_SERVICES = "/apis/mycrd.com/v1/criticalservices";
/** How kwok is told not to make a Pod Ready. */
const NOT_READY = { "critical-service-operator/not-ready": "true" };

type Doing<Name extends Action["do"]> = Extract<Action, { do: Name }>;
type Do<Name extends Action["do"]> = (api: ClusterApi, action: Doing<Name>) => Promise<void>;

/** Does it, if what it is about is there; waits for the API server if that is down. */
export async function perform(api: ClusterApi, action: Action): Promise<void> {
  await DEEDS[action.do](api, action as never);
}

/** Where the fallback Pod of a Service is, unless there are several. */
function fallbackPath({ namespace, service }: Place): string {
  return pod(namespace, fallbackName(service));
}

/** Where the EndpointSlice of a warm standby is. */
function standbyPath({ namespace, service }: Place): string {
  return `${slices(namespace)}/${standbyName(service)}`;
}

const DEEDS: { readonly [Name in Action["do"]]: Do<Name> } = {
  "put Service": async (api, { namespace, service, tier, version }) => {
    const labels = { app: service, tier };
    const selector = { app: service, version: version || null };
    await api.create(services(namespace), {
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
    await api.create(pods(namespace), {
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
  "put impostor": async (api, place) => {
    const { path, object } = impostor(place);
    await api.create(path, object);
  },
  "delete impostor": async (api, place) => {
    const { path, object } = impostor(place);
    const at = `${path}/${object.metadata.name}`;
    const found = (await api.get(at)) as { metadata?: ObjectMeta } | undefined;
    // The name may be the operator's meanwhile.
    if (found?.metadata?.labels?.app === object.metadata.labels.app) {
      await api.delete(at);
    }
  },
  "delete standby endpoint": (api, place) => api.delete(standbyPath(place)),
  "empty standby endpoint": (api, place) => api.patch(standbyPath(place), { endpoints: [] }),
  "set standby": (api, { name, standby }) =>
    api.patch(`${CRITICAL_SERVICES}/${name}`, { spec: { standby } }),
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
  const cleared = { namespace: null, nameSpace: null, page: null, standby: null, ...spec };
  await api.patch(`${CRITICAL_SERVICES}/${name}`, { spec: cleared });
}

function criticalServiceSpec({ namespace, key, value, message, standby }: PlannedSpec): object {
  return {
    matchLabels: [{ key, value }],
    ...(namespace !== undefined && { namespace }),
    ...(message !== undefined && { page: { message } }),
    ...(standby !== undefined && { standby }),
  };
}

function services(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/services`;
}

function serviceAt(namespace: string, name: string): string {
  return `${services(namespace)}/${name}`;
}

function pod(namespace: string, name: string): string {
  return `${pods(namespace)}/${name}`;
}

function podName(service: string, index: number): string {
  return `${service}-${index}`;
}
