import type { ApiClient } from "../../control-plane/api-client";
import { until } from "../../control-plane/until";
import { podKey, type Prototype, type StoredObject } from "./population";

const NAMESPACE = "bench-prototype";
const NAME = "bench-proto";
const TIMEOUT_MS = 60_000;

interface KubeObject {
  metadata: { name: string; uid: string; resourceVersion?: string };
}
interface Pod extends KubeObject {
  spec: { nodeName?: string };
  status: { podIP?: string };
}
interface EndpointSlice extends KubeObject {
  endpoints: { conditions: { ready: boolean } }[] | null;
}

/**
 * Makes one Service with Pods in the usual way, waits until the cluster's controllers are done with
 * it, and reads all that there is of it, as it is to be put into etcd for the others.
 */
export async function makePrototype(api: ApiClient, pods: number): Promise<Prototype> {
  const inNamespace = `/api/v1/namespaces/${NAMESPACE}`;
  await api.post("/api/v1/namespaces", { metadata: { name: NAMESPACE } });
  await until("the prototype's ServiceAccount is there", TIMEOUT_MS, async () => {
    return (await api.get(`${inNamespace}/serviceaccounts/default`)).status === 200;
  });
  await api.post(`${inNamespace}/services`, serviceOf(NAME));
  for (let index = 0; index < pods; index++) {
    await api.post(`${inNamespace}/pods`, podOf(`${NAME}-${index}`, NAME));
  }
  const slices = `/apis/discovery.k8s.io/v1/namespaces/${NAMESPACE}/endpointslices`;
  let sliceName = "";
  await until("the prototype's Pods are Ready", TIMEOUT_MS, async () => {
    const { items } = await read<{ items: EndpointSlice[] }>(api, slices);
    const [slice] = items;
    sliceName = slice?.metadata.name ?? "";
    const endpoints = slice?.endpoints ?? [];
    return endpoints.filter(({ conditions }) => conditions.ready).length === pods;
  });
  return readPrototype(api, `${slices}/${sliceName}`, pods);
}

async function readPrototype(api: ApiClient, slicePath: string, count: number): Promise<Prototype> {
  const inNamespace = `/api/v1/namespaces/${NAMESPACE}`;
  const service = await read<KubeObject & { spec: { clusterIP: string } }>(
    api,
    `${inNamespace}/services/${NAME}`,
  );
  const { clusterIP } = service.spec;
  const slice = await read<EndpointSlice>(api, slicePath);
  const endpoints = await read<KubeObject>(api, `${inNamespace}/endpoints/${NAME}`);
  const address = await read<KubeObject>(
    api,
    `/apis/networking.k8s.io/v1/ipaddresses/${clusterIP}`,
  );
  const pods = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      read<Pod>(api, `${inNamespace}/pods/${NAME}-${index}`),
    ),
  );
  return {
    namespace: NAMESPACE,
    name: NAME,
    uids: [service, slice, endpoints, address, ...pods].map(({ metadata }) => metadata.uid),
    podIps: pods.map(({ status }) => status.podIP ?? ""),
    clusterIp: clusterIP,
    nodeName: pods[0]?.spec.nodeName ?? "",
    pods: pods.map(pod => stored(podKey(NAMESPACE, pod.metadata.name), pod)),
    others: [
      stored(`/registry/ipaddresses/${clusterIP}`, address),
      stored(`/registry/services/specs/${NAMESPACE}/${NAME}`, service),
      stored(`/registry/services/endpoints/${NAMESPACE}/${NAME}`, endpoints),
      stored(`/registry/endpointslices/${NAMESPACE}/${slice.metadata.name}`, slice),
    ],
  };
}

async function read<T>(api: ApiClient, path: string): Promise<T> {
  const { status, body } = await api.get(path);
  if (status !== 200) throw new Error(`GET ${path}: ${status} ${body}`);
  return JSON.parse(body) as T;
}

/** Without its resourceVersion, which is etcd's to give. */
function stored(key: string, object: KubeObject): StoredObject {
  const metadata = { ...object.metadata, resourceVersion: undefined };
  return { key, value: JSON.stringify({ ...object, metadata }) };
}

/** A Service that selects the Pods which carry its name as the label `app`. */
export function serviceOf(name: string): object {
  return {
    metadata: { name, labels: { app: name } },
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] },
  };
}

function podOf(name: string, app: string): object {
  const container = { name: "app", image: "example.com/app:1", ports: [{ containerPort: 8080 }] };
  return { metadata: { name, labels: { app } }, spec: { containers: [container] } };
}
