import { isReady } from "../../capabilities/domain/fallback-pod";
import type { ObjectMeta, PodObject, ServiceObject } from "../../capabilities/domain/kubernetes";
import { isStandbySlice } from "../../capabilities/domain/standby-slice";
import {
  controllerUid,
  isCritical,
  isLive,
  isLookedAfter,
  isSelected,
  isWarm,
  keyOf,
  readyEndpoints,
  serviceOfFallback,
  serviceOfSlice,
  type Breach,
  type Snapshot,
} from "./snapshot";

/**
 * Once things are quiet, each lame Service that a CriticalService names has exactly one live
 * fallback Pod, and no other Service has one. A Warm one is there even if the Service is well; an
 * EndpointSlice of the operator's leads to it, and says that it is ready while the Service is lame.
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
 * What Kubernetes' own controllers are not done with: Pods, other than the operator's, that are on
 * their way, and EndpointSlices that do not say what the Pods are. Before, the operator can't be done.
 */
export function unsettled(snapshot: Snapshot): string[] {
  const real = snapshot.pods.filter(pod => serviceOfFallback(pod) === undefined);
  const onTheirWay = real.filter(
    ({ metadata, status }) => metadata?.deletionTimestamp ?? status?.phase === "Pending",
  );
  const services = snapshot.services.filter(isLookedAfter);
  const untold = services.filter(service => !agrees(snapshot, real, service));
  return [
    ...onTheirWay.map(pod => `Pod ${keyOf(pod)} starts or ends`),
    ...untold.map(service => `the EndpointSlices of Service ${keyOf(service)} are not up to date`),
  ];
}

function agrees({ slices, pods }: Snapshot, real: readonly PodObject[], service: ServiceObject) {
  const ours = new Set(pods.filter(pod => !real.includes(pod)).map(uidOf));
  const own = slices.filter(
    slice => serviceOfSlice(slice) === keyOf(service) && !isStandbySlice(slice),
  );
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
  readonly #isWarm: boolean;

  constructor(
    private readonly snapshot: Snapshot,
    private readonly service: ServiceObject,
    private readonly prefix: string,
  ) {
    const key = keyOf(service);
    this.#isWarm = isWarm(service, snapshot.criticalServices);
    this.#fallbacks = snapshot.pods.filter(
      pod => serviceOfFallback(pod) === key && !pod.metadata?.deletionTimestamp,
    );
    this.#useful = this.#fallbacks.filter(
      pod =>
        isLive(pod) &&
        controllerUid(pod) === service.metadata?.uid &&
        isSelected(pod, service) !== this.#isWarm,
    );
  }

  whatIsWrong(): string | undefined {
    const why = this.#whyNone();
    if (why !== undefined) {
      return this.#whatIsLeft(why);
    }
    if (!this.#hasEndpoints()) {
      return undefined;
    }
    if (this.#useful.length === 1 && this.#fallbacks.length === 1) {
      return this.#whatIsWrongWithSlices();
    }
    if (this.#isInTheWay()) {
      return undefined;
    }
    const is = this.#isWarm ? "is critical with a standby" : "is lame and critical";
    return this.#fallbacks.length === 0
      ? `${is}, but has no fallback`
      : `${is}, but ${this.#useful.length} of its fallbacks ${this.#names()} can serve`;
  }

  /** Whether somebody else's object keeps the fallback from being, or a standby from its clients. */
  #isInTheWay(): boolean {
    const noPod = this.#useful.length === 0 && this.#isNameTaken("");
    return noPod || (this.#isWarm && this.#fallbacks.length > 0 && this.#isNameTaken("-ipv4"));
  }

  #whatIsLeft(why: string): string | undefined {
    if (this.#fallbacks.length > 0) {
      return `has fallback ${this.#names()}, but ${why}`;
    }
    return this.#slices(true).length > 0 ? `has a standby endpoint, but ${why}` : undefined;
  }

  /** Whether the EndpointSlices of ours lead to the one fallback, if it is Ready. */
  #whatIsWrongWithSlices(): string | undefined {
    const [pod] = this.#useful;
    const ready = this.#realEndpoints().length === 0;
    const wanted = this.#isWarm && pod && isReady(pod) ? [`${uidOf(pod)} ready: ${ready}`] : [];
    const listed = this.#slices(true)
      .flatMap(({ endpoints }) => endpoints ?? [])
      .map(({ targetRef, conditions }) => `${targetRef?.uid} ready: ${conditions?.ready}`);
    // One for each family of addresses that the Service and the Pod have in common.
    const isRight = wanted.length > 0 ? listed.length > 0 : listed.length === 0;
    if ((isRight && listed.every(one => wanted.includes(one))) || this.#isNameTaken("-ipv4")) {
      return undefined;
    }
    return `has standby endpoint ${listed.join(", ") || "none"}, wanted ${wanted.join(", ") || "none"}`;
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
    return ready > 0 && !this.#isWarm ? `${ready} Pod(s) of its own are Ready` : undefined;
  }

  #hasEndpoints(): boolean {
    return this.#slices(false).length > 0;
  }

  #slices(ours: boolean) {
    const key = keyOf(this.service);
    return this.snapshot.slices.filter(
      slice => serviceOfSlice(slice) === key && isStandbySlice(slice) === ours,
    );
  }

  #realEndpoints(): string[] {
    const ours = new Set(
      this.snapshot.pods
        .filter(pod => serviceOfFallback(pod) !== undefined)
        .map(({ metadata }) => metadata?.uid),
    );
    return readyEndpoints(this.#slices(false)).filter(uid => !ours.has(uid));
  }

  /** Whether an object of somebody else has the name that ours would have. */
  #isNameTaken(suffix: "" | "-ipv4"): boolean {
    const { namespace, name } = this.service.metadata ?? {};
    const taken = { namespace, name: `${this.prefix}-${name}${suffix}` };
    const isTaken = ({ metadata }: { metadata?: ObjectMeta }) =>
      metadata?.namespace === taken.namespace && metadata?.name === taken.name;
    return suffix === ""
      ? this.snapshot.pods.some(pod => isTaken(pod) && serviceOfFallback(pod) === undefined)
      : this.snapshot.slices.some(slice => isTaken(slice) && !isStandbySlice(slice));
  }

  #names(): string {
    return this.#fallbacks.map(({ metadata }) => metadata?.name).join(", ");
  }
}
