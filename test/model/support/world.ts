import type { RecordedEvent } from "../../../capabilities/cluster/events";
import type { ObjectMeta, PodObject } from "../../../capabilities/domain/kubernetes";
import {
  isLive,
  protectorsOf,
  serviceOfFallback,
  type Snapshot,
} from "../../../hack/invariants/snapshot";
import { ApiServer } from "./api-server";
import { Controllers, type Pace } from "./controllers";
import { DEFAULT_TEMPLATE, SELECTORS, type History, type Step } from "./history";
import { note } from "./diary";
import { CONTAINERS, manifestOf } from "./manifests";
import { nameOf, split, type Kind, type Manifest, type Stored } from "./objects";
import { OperatorProcess } from "./process";
import { Reaches } from "./reach";
import type { Fate, Fault } from "./requests";
import { pass } from "./time";

const PACE: Pace = { endpointsMs: 5, podStartMs: 20, garbageMs: 10 };
const WELL: Fate = { ms: 1, fault: "none" };

/** A cluster, and the operators that run in it. */
export class World {
  readonly server = new ApiServer();
  readonly reaches = new Reaches(this.server);
  readonly #controllers = new Controllers(this.server, { ...PACE });
  readonly #events = new Map<string, RecordedEvent>();
  readonly #processes: OperatorProcess[];
  readonly #fates: Fate[];
  /** What becomes of requests that have no fate of their own. */
  #usual = WELL;
  /** Those that ended. */
  readonly #past: OperatorProcess[] = [];

  constructor({ operators, fates, protection }: Omit<History, "outage">) {
    this.server.onChange(({ phase, kind, object }) => {
      note(
        phase,
        kind,
        nameOf(object),
        object.metadata.uid,
        `v${object.metadata.resourceVersion}`,
        object.metadata.deletionTimestamp ? "terminating" : "",
        object.status ?? object.endpoints ?? object.spec ?? "",
        object.metadata.labels ?? {},
      );
    });
    this.#fates = [...fates];
    this.#furnish(protection);
    this.#processes = Array.from({ length: operators }, () => this.#startOperator([]));
  }

  /** All processes that there were. */
  get processes(): readonly OperatorProcess[] {
    return [...this.#past, ...this.#processes];
  }

  get snapshot(): Snapshot {
    return {
      services: this.server.list("Service"),
      slices: this.server.list("EndpointSlice") as Snapshot["slices"],
      pods: this.server.list("Pod"),
      criticalServices: this.server.list("CriticalService") as Snapshot["criticalServices"],
    };
  }

  /** Whether the fallback of a Service can't be: its PodTemplate is missing, or asks for too much. */
  isRefused(service: string): boolean {
    const object = this.server.get("Service", service);
    const { criticalServices } = this.snapshot;
    const named = criticalServices.toSorted((a, b) => (nameIn(a) < nameIn(b) ? -1 : 1));
    const [source] = protectorsOf(object ?? {}, named).filter(
      spec => spec.podTemplate ?? spec.page,
    );
    const { namespace, name } = source?.podTemplate ?? split(DEFAULT_TEMPLATE);
    const template = this.server.get("PodTemplate", `${namespace}/${name}`);
    const isPrivileged = JSON.stringify(template ?? {}).includes("hostNetwork");
    const isMissing = !template && source?.podTemplate !== undefined;
    return !source?.page && (isMissing || isPrivileged);
  }

  /** Lets one thing happen. */
  take(step: Step): void {
    switch (step.does) {
      case "restart":
        this.#restart(step);
        return;
      case "watch":
      case "lag":
        this.#disturb(step);
        return;
      case "pace":
        Object.assign(this.#controllers.pace, step);
        return;
      case "fallback":
        this.#harm(step);
        return;
      case "wait":
        return;
      default:
        this.#change(step);
    }
  }

  /** From now on every request fails. */
  breakDown(fault: Fault): void {
    this.#usual = { ms: 1, fault };
  }

  /** Names that somebody else's objects have taken from the operator's, as `Pod shop/x`. */
  get taken(): string[] {
    return (["Pod", "EndpointSlice"] as const).flatMap(kind =>
      this.server
        .list(kind)
        .filter(({ metadata }) => metadata.name.startsWith("service-watcher-") && !metadata.labels)
        .map(object => `${kind} ${nameOf(object)}`),
    );
  }

  /** Ends all trouble; milliseconds that are long enough for everything pass. */
  async comeToRest(): Promise<void> {
    this.#fates.length = 0;
    this.#usual = WELL;
    Object.assign(this.#controllers.pace, PACE);
    this.#ours()
      .filter(isLive)
      .forEach(pod => {
        this.#setStatus(nameOf(pod), { conditions: condition(true) });
      });
    for (let round = 0; round < 2; round++) {
      for (const watch of this.#processes.flatMap(({ watches }) => watches)) {
        watch.lag(1);
        watch.connect(1);
        watch.relist(1);
      }
      await pass(150_000);
    }
  }

  #furnish(protection: number): void {
    this.#change({ does: "template", name: DEFAULT_TEMPLATE, state: "good" });
    this.#change({ does: "critical", name: "x", protection });
    ["shop/a", "shop/b", "other/a"].forEach((name, index) => {
      const selector = index % 2;
      const plain = { critical: true, external: false, udp: false };
      this.#change({ does: "service", name, selector, ...plain });
    });
    this.#change({ does: "pod", name: "shop/p1", labels: 0 });
  }

  #startOperator(startMs: readonly number[]): OperatorProcess {
    const nextFate = (what: string) => {
      const fate = this.#fates.shift() ?? this.#usual;
      // The API server answers a deletion so only if another object has that name.
      return fate.fault === 409 && what.startsWith("delete") ? WELL : fate;
    };
    const { server, reaches } = this;
    return new OperatorProcess({ server, reaches, events: this.#events, nextFate }, startMs);
  }

  #restart({ operator, startMs }: Extract<Step, { does: "restart" }>): void {
    const index = operator % this.#processes.length;
    const old = this.#processes[index];
    if (old) {
      old.kill();
      this.#past.push(old);
    }
    this.#processes[index] = this.#startOperator(startMs);
  }

  #disturb(step: Extract<Step, { does: "watch" | "lag" }>): void {
    const watch = this.#processes[step.operator % this.#processes.length]?.watches[step.watch];
    if (step.does === "lag") {
      watch?.lag(step.ms);
    } else {
      watch?.[step.what](step.ms);
    }
  }

  #harm({ which, fate }: Extract<Step, { does: "fallback" }>): void {
    const ours = this.#ours().filter(isLive);
    const pod = ours[which % Math.max(1, ours.length)];
    if (!pod) {
      return;
    }
    const name = nameOf(pod);
    switch (fate) {
      case "evict":
      case "vanish":
        this.server.delete("Pod", name, undefined, fate === "vanish" ? 0 : 300);
        return;
      case "fail":
        this.#setStatus(name, { phase: "Failed", conditions: condition(false) });
        return;
      case "ready":
      case "unready":
        this.#setStatus(name, { conditions: condition(fate === "ready") });
    }
  }

  #ours(): (Stored & PodObject)[] {
    const pods = this.server.list("Pod") as (Stored & PodObject)[];
    return pods.filter(pod => serviceOfFallback(pod) !== undefined);
  }

  #setStatus(name: string, fields: object): void {
    const pod = this.server.get("Pod", name) as (Stored & PodObject) | undefined;
    if (pod?.status?.podIPs) {
      this.server.update("Pod", name, { status: { ...pod.status, ...fields } });
    }
  }

  #change(
    step: Exclude<Step, { does: "restart" | "watch" | "lag" | "pace" | "fallback" | "wait" }>,
  ) {
    switch (step.does) {
      case "deleteService":
        this.#delete("Service", step.name);
        return;
      case "deleteCritical":
        this.#delete("CriticalService", `/${step.name}`);
        return;
      case "deletePod":
        this.#delete("Pod", step.name, step.graceMs);
        return;
      case "pod":
        this.#createPod(step.name, { ...SELECTORS[step.labels] });
        return;
      case "ready":
        this.#setStatus(step.name, { conditions: condition(step.ready) });
        return;
      case "squat":
        this.#squat(step);
        return;
      default:
        this.#apply(...manifestOf(step));
    }
  }

  #createPod(name: string, labels: Record<string, string>): void {
    if (!this.server.get("Pod", name)) {
      const metadata = { ...split(name), labels };
      this.server.create("Pod", { metadata, spec: { containers: CONTAINERS } });
    }
  }

  /** Somebody else's object has the name that the operator would use. */
  #squat({ kind, name, present }: Extract<Step, { does: "squat" }>): void {
    const { namespace, name: service } = split(name);
    const taken = kind === "Pod" ? service : `${service}-ipv4`;
    const metadata = { namespace, name: `service-watcher-${taken}` };
    const there = this.server.get(kind, nameOf({ metadata }));
    if (present && !there) {
      this.server.create(kind, { metadata, spec: { containers: [] } });
    } else if (!present && there && !there.metadata.annotations && !there.metadata.labels) {
      this.server.delete(kind, nameOf({ metadata }), undefined, 0);
    }
  }

  #delete(kind: Kind, name: string, graceMs?: number): void {
    if (this.server.get(kind, name)) {
      this.server.delete(kind, name, undefined, graceMs);
    }
  }

  #apply(kind: Kind, manifest: Manifest | undefined, name: string): void {
    const present = this.server.get(kind, name);
    if (!manifest) {
      this.#delete(kind, name);
    } else if (present) {
      const metadata = { ...present.metadata, ...manifest.metadata };
      this.server.update(kind, name, { ...manifest, metadata });
    } else {
      this.server.create(kind, manifest);
    }
  }
}

function nameIn({ metadata }: { metadata?: ObjectMeta }): string {
  return metadata?.name ?? "";
}

function condition(ready: boolean) {
  return [{ type: "Ready", status: ready ? "True" : "False" }];
}
