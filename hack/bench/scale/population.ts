import type { Change } from "./etcd";

/** Services of a namespace; the original looks at all of them at each event of a Pod there. */
const PER_NAMESPACE = 10;
export const LAME_NAMESPACE = "bench-lame";

/** Where a Service of the bench is. */
export interface Place {
  readonly index: number;
  readonly namespace: string;
  readonly name: string;
}

/** The Service of that index, from 0 on. */
export function placeOf(index: number): Place {
  const group = Math.floor(index / PER_NAMESPACE);
  return { index, namespace: `bench-${digits(group, 4)}`, name: `svc-${digits(index, 5)}` };
}

/** A Service that never has a Pod. */
export function lamePlace(index: number): Place {
  return { index: -1, namespace: LAME_NAMESPACE, name: `lame-${digits(index, 2)}` };
}

/** The name of the fallback Pod of a Service, whoever makes it. */
export function fallbackName({ name }: Pick<Place, "name">): string {
  return `service-watcher-${name}`;
}

/** Where Kubernetes keeps a Pod in etcd. */
export function podKey(namespace: string, name: string): string {
  return `/registry/pods/${namespace}/${name}`;
}

/** One Service with its Pods and all that the cluster made for it, as it is in etcd. */
export interface Prototype {
  readonly namespace: string;
  readonly name: string;
  readonly uids: readonly string[];
  readonly podIps: readonly string[];
  readonly clusterIp: string;
  readonly nodeName: string;
  readonly pods: readonly StoredObject[];
  readonly others: readonly StoredObject[];
}

export interface StoredObject {
  readonly key: string;
  readonly value: string;
}

type StoredCopy = readonly [key: string, value: string];

/** Copies of a prototype: as many Services as wanted, alike but for names, UIDs and addresses. */
export class Population {
  /** How often the Pods of a Service were made. */
  readonly #generations = new Map<number, number>();
  readonly #pattern: RegExp;

  /**
   * @param size how many Services there are
   * @param nodes how many Nodes their Pods are spread over, from `node-1` on
   */
  constructor(
    private readonly prototype: Prototype,
    readonly size: number,
    private readonly nodes: number,
  ) {
    const { namespace, name, uids, podIps, clusterIp, nodeName } = prototype;
    const quoted = [...podIps, clusterIp, nodeName].map(text => `"${text}"`);
    const tokens = [namespace, name, ...uids, ...quoted, addressKey(clusterIp)];
    this.#pattern = new RegExp(tokens.map(escape).join("|"), "g");
  }

  /** How many Pods there are in all. */
  get pods(): number {
    return this.size * this.prototype.pods.length;
  }

  get namespaces(): string[] {
    return Array.from({ length: Math.ceil(this.size / PER_NAMESPACE) }, (_, group) => {
      return placeOf(group * PER_NAMESPACE).namespace;
    });
  }

  /** All there is of one Service. */
  service(index: number): StoredCopy[] {
    const { pods, others } = this.prototype;
    return [...others, ...pods].map(object => this.#copy(object, index));
  }

  /** Its Pods go, at once. */
  withoutPods(index: number): Change[] {
    return this.#pods(index).map(([key]) => [key, undefined]);
  }

  /** New Pods for a Service that has none. */
  newPods(index: number): Change[] {
    this.#generations.set(index, (this.#generations.get(index) ?? 0) + 1);
    return this.#pods(index);
  }

  /** One of its Pods changes: Ready or not. */
  podReady(index: number, ready: boolean): Change[] {
    const [pod] = this.#pods(index);
    if (pod === undefined) return [];
    const object = JSON.parse(pod[1]) as { status: { conditions: Condition[] } };
    for (const condition of object.status.conditions) {
      if (READINESS.includes(condition.type)) condition.status = ready ? "True" : "False";
    }
    return [[pod[0], JSON.stringify(object)]];
  }

  #pods(index: number): StoredCopy[] {
    return this.prototype.pods.map(object => this.#copy(object, index));
  }

  #copy({ key, value }: StoredObject, index: number): StoredCopy {
    const replace = (text: string): string =>
      text.replace(this.#pattern, token => this.#instead(token, index));
    return [replace(key), replace(value)];
  }

  #instead(token: string, index: number): string {
    const { prototype } = this;
    const place = placeOf(index);
    if (token === prototype.namespace) return place.namespace;
    if (token === prototype.name) return place.name;
    if (token === addressKey(prototype.clusterIp)) return addressKey(clusterIpOf(index));
    const bare = token.replaceAll('"', "");
    if (bare === prototype.clusterIp) return `"${clusterIpOf(index)}"`;
    if (bare === prototype.nodeName) return `"node-${(index % this.nodes) + 1}"`;
    const pod = prototype.podIps.indexOf(bare);
    if (pod >= 0) return `"${podIpOf(index * prototype.podIps.length + pod)}"`;
    return uidOf(prototype.uids.indexOf(token), index, this.#generations.get(index) ?? 0);
  }
}

interface Condition {
  type: string;
  status: string;
}

const READINESS = ["Ready", "ContainersReady"];

function addressKey(clusterIp: string): string {
  return `/ipaddresses/${clusterIp}`;
}

/** Beyond those that the API server gives out by itself. */
function clusterIpOf(index: number): string {
  const number = index + 64 * 256;
  return `10.96.${number >> 8}.${number & 255}`;
}

/** Outside of kwok's own range. */
function podIpOf(number: number): string {
  return `10.${128 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
}

function uidOf(kind: number, index: number, generation: number): string {
  const hex = (number: number, length: number): string => number.toString(16).padStart(length, "0");
  return `${hex(generation, 8)}-${hex(kind, 4)}-4000-8000-${hex(index, 12)}`;
}

function digits(number: number, length: number): string {
  return String(number).padStart(length, "0");
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
