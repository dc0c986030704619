import { isReady } from "../../capabilities/domain/fallback-pod";
import type { PodObject, ServiceObject } from "../../capabilities/domain/kubernetes";
import {
  controllerUid,
  isCritical,
  isLive,
  isLookedAfter,
  isSelected,
  keyOf,
  readyEndpoints,
  serviceOfFallback,
  serviceOfSlice,
  type Breach,
  type Snapshot,
} from "./snapshot";

/**
 * Once things are quiet, each lame Service that a CriticalService names has exactly one live
 * fallback Pod, and no other Service has one.
 *
 * Left out: Services whose endpoints nobody knows yet, as they have no EndpointSlice; Pods whose
 * Service is gone, which garbage collection takes; a Service whose fallback can't be, as a Pod of
 * somebody else has its name. Pods that are being deleted count for nothing.
 *
 * @param podNamePrefix what the operator's `POD_NAME_PREFIX` is
 */
export function fallbackBreaches(snapshot: Snapshot, podNamePrefix = "service-watcher"): Breach[] {
  return snapshot.services.flatMap(service => {
    const what = new ServiceView(snapshot, service, podNamePrefix).whatIsWrong();
    return what === undefined ? [] : [{ subject: keyOf(service), what }];
  });
}

/**
 * Whether Kubernetes' own controllers are done: no Pod but the operator's is on its way, and the
 * EndpointSlices say what the Pods are. Before, the operator can't be done either.
 */
export function isSettled(snapshot: Snapshot): boolean {
  const real = snapshot.pods.filter(pod => serviceOfFallback(pod) === undefined);
  const onTheirWay = real.filter(
    ({ metadata, status }) => metadata?.deletionTimestamp ?? status?.phase === "Pending",
  );
  const services = snapshot.services.filter(isLookedAfter);
  return onTheirWay.length === 0 && services.every(service => agrees(snapshot, real, service));
}

function agrees({ slices, pods }: Snapshot, real: readonly PodObject[], service: ServiceObject) {
  const ours = new Set(pods.filter(pod => !real.includes(pod)).map(uidOf));
  const own = slices.filter(slice => serviceOfSlice(slice) === keyOf(service));
  const told = new Set(readyEndpoints(own).filter(uid => !ours.has(uid)));
  const found = real
    .filter(pod => pod.metadata?.namespace === service.metadata?.namespace)
    .filter(pod => isSelected(pod, service) && isLive(pod) && isReady(pod));
  return own.length > 0 && found.length === told.size && found.every(pod => told.has(uidOf(pod)));
}

function uidOf({ metadata }: PodObject): string {
  return metadata?.uid ?? "";
}

/** One Service in a snapshot. */
class ServiceView {
  readonly #fallbacks: PodObject[];
  readonly #useful: PodObject[];

  constructor(
    private readonly snapshot: Snapshot,
    private readonly service: ServiceObject,
    private readonly prefix: string,
  ) {
    const key = keyOf(service);
    this.#fallbacks = snapshot.pods.filter(
      pod => serviceOfFallback(pod) === key && !pod.metadata?.deletionTimestamp,
    );
    this.#useful = this.#fallbacks.filter(
      pod =>
        isLive(pod) && controllerUid(pod) === service.metadata?.uid && isSelected(pod, service),
    );
  }

  whatIsWrong(): string | undefined {
    const why = this.#whyNone();
    if (why !== undefined) {
      return this.#fallbacks.length === 0 ? undefined : `has fallback ${this.#names()}, but ${why}`;
    }
    if (!this.#hasEndpoints()) {
      return undefined;
    }
    if (this.#useful.length === 1 && this.#fallbacks.length === 1) {
      return undefined;
    }
    if (this.#useful.length === 0 && this.#isNameTaken()) {
      return undefined;
    }
    return this.#fallbacks.length === 0
      ? "is lame and critical, but has no fallback"
      : `is lame and critical, but ${this.#useful.length} of its fallbacks ${this.#names()} can serve`;
  }

  /** Why it is to have no fallback. */
  #whyNone(): string | undefined {
    if (!isLookedAfter(this.service)) {
      return "is not looked after";
    }
    if (!isCritical(this.service, this.snapshot.criticalServices)) {
      return "no CriticalService names it";
    }
    const ready = this.#realEndpoints().length;
    return ready > 0 ? `${ready} Pod(s) of its own are Ready` : undefined;
  }

  #hasEndpoints(): boolean {
    return this.#slices().length > 0;
  }

  #slices() {
    const key = keyOf(this.service);
    return this.snapshot.slices.filter(slice => serviceOfSlice(slice) === key);
  }

  #realEndpoints(): string[] {
    const ours = new Set(
      this.snapshot.pods
        .filter(pod => serviceOfFallback(pod) !== undefined)
        .map(({ metadata }) => metadata?.uid),
    );
    return readyEndpoints(this.#slices()).filter(uid => !ours.has(uid));
  }

  #isNameTaken(): boolean {
    const { namespace, name } = this.service.metadata ?? {};
    return this.snapshot.pods.some(
      pod =>
        pod.metadata?.namespace === namespace &&
        pod.metadata?.name === `${this.prefix}-${name}` &&
        serviceOfFallback(pod) === undefined,
    );
  }

  #names(): string {
    return this.#fallbacks.map(({ metadata }) => metadata?.name).join(", ");
  }
}
