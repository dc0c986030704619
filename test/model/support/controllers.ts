import { isStandbySlice } from "../../../capabilities/domain/standby-slice";
import { isReady } from "../../../capabilities/domain/fallback-pod";
import {
  controllerOf,
  type EndpointSliceObject,
  type PodObject,
  type ServiceObject,
} from "../../../capabilities/domain/kubernetes";
import { isLive, isSelected, serviceOfSlice } from "../../../hack/invariants/snapshot";
import type { ApiServer } from "./api-server";
import { nameOf, type Kind, type Stored } from "./objects";

const OWNED: Kind[] = ["EndpointSlice", "Pod"];

/** How fast the controllers of Kubernetes itself are, in milliseconds. */
export interface Pace {
  /** From a change to the EndpointSlices that tell of it. */
  endpointsMs: number;
  /** From a Pod's creation until it is Ready. */
  podStartMs: number;
  /** From an owner's end to that of what it owns. */
  garbageMs: number;
}

/** What Kubernetes does by itself: it runs Pods, tells of endpoints, collects garbage. */
export class Controllers {
  readonly #server: ApiServer;
  readonly #due = new Set<string>();
  #slices = 0;
  #ips = 0;

  constructor(
    server: ApiServer,
    readonly pace: Pace,
  ) {
    this.#server = server;
    server.onChange(({ kind, phase, object }) => {
      if (kind === "Pod" && phase === "ADDED") {
        this.#later(`start ${object.metadata.uid}`, this.pace.podStartMs, () => {
          this.#start(nameOf(object), object.metadata.uid);
        });
      }
      if (kind === "Pod" || kind === "Service") {
        this.#later("endpoints", this.pace.endpointsMs, () => {
          this.#tellEndpoints();
        });
      }
      if (kind === "Service" || OWNED.includes(kind)) {
        this.#later("garbage", this.pace.garbageMs, () => {
          this.#collectGarbage();
        });
      }
    });
  }

  #later(what: string, ms: number, act: () => void): void {
    if (!this.#due.has(what)) {
      this.#due.add(what);
      setTimeout(() => {
        this.#due.delete(what);
        act();
      }, ms);
    }
  }

  #start(name: string, uid: string): void {
    const pod = this.#server.get("Pod", name);
    if (pod?.metadata.uid === uid && isLive(pod as PodObject)) {
      this.#ips += 1;
      const status = {
        phase: "Running",
        conditions: [{ type: "Ready", status: "True" }],
        podIPs: [{ ip: `10.0.0.${this.#ips}` }],
      };
      this.#server.update("Pod", name, { status });
    }
  }

  #tellEndpoints(): void {
    for (const service of this.#server.list("Service") as (Stored & ServiceObject)[]) {
      const { selector = {}, type } = service.spec ?? {};
      if (Object.keys(selector).length > 0 && type !== "ExternalName") {
        this.#tellEndpointsOf(service);
      }
    }
  }

  #tellEndpointsOf(service: Stored & ServiceObject): void {
    const slices = this.#server.list("EndpointSlice") as (Stored & EndpointSliceObject)[];
    const own = slices.filter(
      slice => serviceOfSlice(slice) === nameOf(service) && !isStandbySlice(slice),
    );
    const [current] = own.filter(slice => controllerOf(slice)?.uid === service.metadata.uid);
    own
      .filter(slice => slice !== current)
      .forEach(slice => {
        this.#server.delete("EndpointSlice", nameOf(slice));
      });
    const endpoints = this.#endpointsOf(service);
    if (current) {
      this.#server.update("EndpointSlice", nameOf(current), { endpoints });
    } else {
      this.#createSlice(service, endpoints);
    }
  }

  #createSlice({ metadata: { namespace, name, uid } }: Stored, endpoints: object[]): void {
    this.#slices += 1;
    this.#server.create("EndpointSlice", {
      metadata: {
        ...(namespace !== undefined && { namespace }),
        name: `${name}-${this.#slices}`,
        labels: { "kubernetes.io/service-name": name },
        ownerReferences: [{ apiVersion: "v1", kind: "Service", name, uid, controller: true }],
      },
      addressType: "IPv4",
      endpoints,
    });
  }

  #endpointsOf(service: ServiceObject): object[] {
    const { namespace } = service.metadata ?? {};
    return (this.#server.list("Pod") as (Stored & PodObject)[])
      .filter(pod => pod.metadata.namespace === namespace && isSelected(pod, service))
      .filter(({ status }) => status?.podIPs && status.phase === "Running")
      .map(pod => {
        const terminating = pod.metadata.deletionTimestamp !== undefined;
        const serving = isReady(pod);
        const { name, uid } = pod.metadata;
        return {
          addresses: pod.status?.podIPs?.map(({ ip }) => ip) ?? [],
          conditions: { ready: serving && !terminating, serving, terminating },
          targetRef: { kind: "Pod", namespace, name, uid },
        };
      });
  }

  #collectGarbage(): void {
    const services = new Set(this.#server.list("Service").map(({ metadata }) => metadata.uid));
    for (const kind of OWNED) {
      for (const object of this.#server.list(kind)) {
        const owner = controllerOf(object);
        if (owner && !services.has(owner.uid)) {
          this.#server.delete(kind, nameOf(object), object.metadata.uid);
        }
      }
    }
  }
}
