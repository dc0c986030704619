import type { CriticalServiceObject } from "../../capabilities/domain/critical-service";
import type {
  EndpointSliceObject,
  PodObject,
  ServiceObject,
} from "../../capabilities/domain/kubernetes";
import type { ApiClient } from "../control-plane/api-client";
import type { Change } from "../invariants/losses";
import type { Snapshot } from "../invariants/snapshot";
import type { ObjectHistory } from "../invariants/writes";
import { Follower, type KubeObject } from "./follower";

/** A change, and when this process learned of it. */
export interface SeenChange {
  readonly change: Change;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** All that the API server says of the kinds that matter. */
export class World implements ObjectHistory {
  readonly #services: Follower<ServiceObject>;
  readonly #slices: Follower<EndpointSliceObject>;
  readonly #pods: Follower<PodObject>;
  readonly #criticalServices: Follower<CriticalServiceObject>;
  /** Pods and EndpointSlices as they were when they were first seen, by UID. */
  readonly #first = new Map<string, PodObject | EndpointSliceObject>();
  #changes: SeenChange[] = [];
  /** When the last change came; milliseconds since the epoch. */
  changedAt = Date.now();

  constructor(client: ApiClient) {
    const follow = <T extends KubeObject>(kind: Change["kind"], path: string) =>
      new Follower<T>(client, path, (object, deleted) => {
        this.#note({ kind, object, deleted } as Change);
      });
    this.#services = follow("Service", "/api/v1/services");
    this.#slices = follow("EndpointSlice", "/apis/discovery.k8s.io/v1/endpointslices");
    this.#pods = follow("Pod", "/api/v1/pods");
    this.#criticalServices = follow("CriticalService", "/apis/mycrd.com/v1/criticalservices");
  }

  async start(): Promise<void> {
    await Promise.all(this.#all().map(follower => follower.start()));
  }

  close(): void {
    this.#all().forEach(follower => {
      follower.close();
    });
  }

  snapshot(): Snapshot {
    return {
      services: [...this.#services.objects.values()],
      slices: [...this.#slices.objects.values()],
      pods: [...this.#pods.objects.values()],
      criticalServices: [...this.#criticalServices.objects.values()],
    };
  }

  /** The changes since the last call of this, in the order of their resourceVersions. */
  takeChanges(): SeenChange[] {
    const taken = this.#changes;
    this.#changes = [];
    return taken.sort((a, b) => versionOf(a) - versionOf(b));
  }

  byUid(uid: string): PodObject | EndpointSliceObject | undefined {
    return this.#first.get(uid);
  }

  #all() {
    return [this.#services, this.#slices, this.#pods, this.#criticalServices];
  }

  #note(change: Change): void {
    this.changedAt = Date.now();
    this.#changes.push({ change, at: this.changedAt });
    const { uid = "" } = change.object.metadata ?? {};
    if ((change.kind === "Pod" || change.kind === "EndpointSlice") && !this.#first.has(uid)) {
      this.#first.set(uid, change.object);
    }
  }
}

function versionOf({ change }: SeenChange): number {
  return Number(change.object.metadata?.resourceVersion);
}
