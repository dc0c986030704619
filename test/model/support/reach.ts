import { protects, readCriticalServiceSpec } from "../../../capabilities/domain/critical-service";
import { isReady } from "../../../capabilities/domain/fallback-pod";
import type {
  EndpointSliceObject,
  PodObject,
  ServiceObject,
} from "../../../capabilities/domain/kubernetes";
import { isStandbySlice } from "../../../capabilities/domain/standby-slice";
import {
  controllerUid,
  isLive,
  isLookedAfter,
  isSelected,
  readyEndpoints,
  serviceOfFallback,
  serviceOfSlice,
} from "../../../hack/invariants/snapshot";
import type { ApiServer } from "./api-server";
import type { Witness } from "./cluster-api";
import { nameOf, type Manifest, type Stored } from "./objects";

type Service = Stored & ServiceObject;

/** How well clients get to a fallback: not at all, only while nobody else answers, or like to any Pod. */
type Reach = 0 | 1 | 2;

/**
 * Sees to it that an operator takes no fallback away from clients that have nobody else, and
 * touches nothing that is not its own.
 *
 * An operator can't know what its watches have not told it. So it may take a fallback away if there
 * was a reason to at the time that its watches are at, or later; reasons are: the Service is not
 * looked after, no CriticalService names it, a Pod of its own is Ready, or no fallback was reached.
 */
export class Reaches {
  readonly breaches: string[] = [];
  readonly #server: ApiServer;
  readonly #ours = new Set<string>();
  /** The last write after which there was a reason, by the Service's UID. */
  readonly #reasonAt = new Map<string, number>();
  readonly #specs = new WeakMap<object, ReturnType<typeof readCriticalServiceSpec>>();

  constructor(server: ApiServer) {
    this.#server = server;
    server.onChange(({ kind, object, version }) => {
      if (kind === "Pod" && serviceOfFallback(object as PodObject) !== undefined) {
        this.#ours.add(object.metadata.uid);
      }
      for (const service of this.#services()) {
        if (!this.#needsFallback(service) || this.#reach(service) === 0) {
          this.#reasonAt.set(service.metadata.uid, version);
        }
      }
    });
  }

  /** Watches over one operator. @param behindSince the write that its watches are at */
  witness(behindSince: () => number): Witness {
    return {
      sends: () => {
        const knew = Math.min(behindSince() - 1, this.#server.version);
        return (subject, act) => {
          this.#checkOwner(subject);
          return this.#checkLoss(knew, subject, act);
        };
      },
    };
  }

  #checkOwner(subject: Stored | Manifest | undefined): void {
    const isOurs =
      subject !== undefined &&
      (serviceOfFallback(subject as PodObject) !== undefined ||
        isStandbySlice(subject as EndpointSliceObject));
    if (!isOurs) {
      this.breaches.push(`${subject ? nameOf(subject) : "nothing"} is not ours, but is written`);
    }
  }

  #checkLoss<T>(knew: number, subject: Stored | Manifest | undefined, act: () => T): T {
    const before = new Map(this.#services().map(service => [service, this.#reach(service)]));
    const result = act();
    for (const [service, reach] of before) {
      const { uid } = service.metadata;
      const isReason = !this.#needsFallback(service) || (this.#reasonAt.get(uid) ?? -1) >= knew;
      if (!isReason && this.#reach(service) < reach) {
        const what = subject ? `${nameOf(subject)} (${String(subject.metadata.uid)})` : "";
        this.breaches.push(
          `${nameOf(service)} is lame and lost its fallback by a write to ${what}`,
        );
      }
    }
    return result;
  }

  #needsFallback(service: Service): boolean {
    return isLookedAfter(service) && this.#isCritical(service) && !this.#isWell(service);
  }

  #isCritical(service: Service): boolean {
    return this.#server.list("CriticalService").some(object => {
      const raw = object.spec as object;
      const read = this.#specs.get(raw) ?? readCriticalServiceSpec(raw);
      this.#specs.set(raw, read);
      const labels = service.metadata.labels ?? {};
      return read.spec !== undefined && protects(read.spec, nameOf(service), labels);
    });
  }

  #isWell(service: Service): boolean {
    const slices = this.#slicesOf(service).filter(slice => !isStandbySlice(slice));
    return readyEndpoints(slices).some(uid => !this.#ours.has(uid));
  }

  #reach(service: Service): Reach {
    const slices = this.#slicesOf(service).filter(isStandbySlice);
    const pods = this.#server.list("Pod") as (Stored & PodObject)[];
    const levels = pods
      .filter(pod => serviceOfFallback(pod) === nameOf(service) && isLive(pod) && isReady(pod))
      .filter(pod => controllerUid(pod) === service.metadata.uid)
      .map(pod => (isSelected(pod, service) ? 2 : reachThrough(slices, pod.metadata.uid)));
    return Math.max(0, ...levels) as Reach;
  }

  #services(): Service[] {
    return this.#server.list("Service") as Service[];
  }

  #slicesOf(service: Service): EndpointSliceObject[] {
    const slices = this.#server.list("EndpointSlice") as EndpointSliceObject[];
    return slices.filter(slice => serviceOfSlice(slice) === nameOf(service));
  }
}

function reachThrough(slices: readonly EndpointSliceObject[], uid: string): Reach {
  const endpoints = slices.flatMap(({ endpoints }) => endpoints ?? []);
  const found = endpoints.filter(({ targetRef }) => targetRef?.uid === uid);
  if (found.length === 0) {
    return 0;
  }
  return found.some(({ conditions }) => conditions?.ready) ? 2 : 1;
}
