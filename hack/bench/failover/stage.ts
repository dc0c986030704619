import { randomBytes } from "node:crypto";
import type { kind } from "kubernetes-fluent-client";
import { isReady } from "../../../capabilities/domain/fallback-pod";
import { until } from "../../control-plane/until";
import type { Kubectl } from "../../kubectl";
import { World } from "../../world";
import { fallbackTemplate, realPodSpec } from "../pods";
import type { Mode } from "./kinds";
import { createPod, deletePod } from "./pods";

const TIMEOUT_MS = 90_000;

const STANDBY: Record<Mode, object | undefined> = {
  bare: undefined,
  cold: { standby: "Cold" },
  warm: { standby: "Warm" },
  "warm-unattended": { standby: "Warm" },
  original: {},
};

type Endpoint = kind.EndpointSlice["endpoints"][number];

/** A namespace with a Service and its one real Pod, looked after as its mode says. */
export class Stage {
  readonly world = new World();
  /** Of the namespace, the Service and its CriticalService: the original goes by their names. */
  readonly name: string;
  #pods = 0;
  #address = "";

  constructor(
    private readonly kubectl: Kubectl,
    readonly mode: Mode,
  ) {
    this.name = `bench-${mode}-${randomBytes(3).toString("hex")}`;
  }

  /** Makes all of it, with a standby in place if the mode has one. The operator must be running. */
  async setUp(): Promise<void> {
    const { kubectl, name } = this;
    await kubectl.apply(
      { apiVersion: "v1", kind: "Namespace", metadata: { name } },
      fallbackTemplate(name),
      service(name),
    );
    const path = "jsonpath={.spec.clusterIP}";
    this.#address = await kubectl.run(["get", "service", name, "-n", name, "-o", path]);
    await this.world.follow(name);
    await this.startRealPod();
    await this.#protect();
    await this.untilAtRest();
  }

  /** Where the Service answers. */
  get url(): string {
    return `http://${this.#address}/`;
  }

  /** Its one real Pod, the last that was started. */
  get realPod(): string {
    return `real-${this.#pods}`;
  }

  /** The real Pod alone; with a standby that always runs, both, and the latter listed as resting. */
  get isAtRest(): boolean {
    const pods = [...this.world.pods.values()];
    const isWarm = this.mode.startsWith("warm");
    const areReady = pods.every(pod => isReady(pod) && !isTerminating(pod));
    return pods.length === (isWarm ? 2 : 1) && areReady && isWarm === this.#hasRestingEndpoint;
  }

  async untilAtRest(): Promise<void> {
    await until(`the Pods of ${this.name} are at rest`, TIMEOUT_MS, () =>
      Promise.resolve(this.isAtRest),
    );
  }

  /** Starts another real Pod and waits until it is Ready. */
  async startRealPod(): Promise<void> {
    this.#pods++;
    const name = this.realPod;
    const metadata = { namespace: this.name, name, labels: { app: this.name } };
    await createPod({ metadata, spec: realPodSpec() });
    await this.world.until(`Pod ${name} is Ready`, () => this.isPodReady(name), TIMEOUT_MS);
  }

  /** Puts a new Pod in the place of one that has crashed: a second crash is restarted later. */
  async replaceRealPod(): Promise<void> {
    const old = this.realPod;
    await this.startRealPod();
    await deletePod(this.name, old, true);
    await this.untilAtRest();
  }

  isPodReady(name: string): boolean {
    const pod = this.world.pods.get(name);
    return pod !== undefined && isReady(pod);
  }

  /** Sends a request to the real Pod itself. */
  async ask(path: string): Promise<void> {
    const ip = this.world.pods.get(this.realPod)?.status?.podIP ?? "";
    await fetch(`http://${ip}:8080${path}`);
  }

  /** Ends the container of the real Pod, which is started again. */
  async crash(): Promise<void> {
    try {
      await this.ask("/crash");
    } catch (error) {
      // It ends before it answers.
      if (!(error instanceof TypeError)) throw error;
      return;
    }
    throw new Error(`${this.realPod} did not crash`);
  }

  async close(): Promise<void> {
    this.world.close();
    await this.kubectl.delete("criticalservice", this.name);
    await this.kubectl.delete("namespace", this.name);
  }

  get #hasRestingEndpoint(): boolean {
    const slices = [...this.world.slices.values()];
    // An empty list comes as null.
    const endpoints = slices.flatMap(slice => (slice.endpoints as Endpoint[] | null) ?? []);
    return endpoints.some(({ conditions }) => conditions?.ready === false && conditions.serving);
  }

  async #protect(): Promise<void> {
    const standby = STANDBY[this.mode];
    if (standby === undefined) return;
    const { namespace, name } = fallbackTemplate(this.name).metadata;
    await this.kubectl.apply({
      apiVersion: "mycrd.com/v1",
      kind: "CriticalService",
      metadata: { name: this.name },
      spec: {
        ...standby,
        namespace: this.name,
        matchLabels: [{ key: "app", value: this.name }],
        podTemplate: { namespace, name },
      },
    });
  }
}

function service(name: string): object {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace: name, name, labels: { app: name } },
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] },
  };
}

function isTerminating({ metadata }: kind.Pod): boolean {
  return metadata?.deletionTimestamp !== undefined;
}
