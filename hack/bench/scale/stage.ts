import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { AuditLog } from "../../audit-log";
import { atOnce } from "../at-once";
import { startControlPlane, type ControlPlane } from "../../control-plane";
import { writeKubeconfig } from "../../control-plane/kubeconfig";
import { freePort } from "../../control-plane/ports";
import { until } from "../../control-plane/until";
import { installModule } from "../../installation";
import { Kubectl } from "../../kubectl";
import { MODULE_NAME, MODULE_NAMESPACE, type BuiltModule } from "../../module";
import { AUDIT_POLICY, type AuditEntry } from "./audit";
import { Etcd } from "./etcd";
import {
  fallbackName,
  LAME_NAMESPACE,
  lamePlace,
  placeOf,
  podKey,
  Population,
  type Place,
} from "./population";
import { makePrototype, serviceOf } from "./prototype";
import { Trace } from "./trace";

/** Services that are lame from the beginning; that each has its fallback ends a start. */
export const LAME = 10;
const PODS_PER_NODE = 5000;
const AT_ONCE = 8;
const TIMEOUT_MS = 120_000;
/** They find what was loaded when they start: half of it would have them make the other half. */
const WATCHERS = ["kube-controller-manager", "kube-scheduler", "kwok"] as const;
const ACCOUNT = "bench";
const TEMPLATE_NAMESPACE = "linux-mag";

/** Who a contender is to the API server. */
export interface Account {
  readonly user: string;
  readonly kubeconfig: string;
  readonly token: string;
}

/** What contenders run on. */
export interface Ground {
  readonly controlPlane: ControlPlane;
  readonly module: BuiltModule;
  /** With the operator's own permissions. */
  readonly operator: Omit<Account, "token">;
  /** Of the other contenders, with all permissions. */
  readonly account: Account;
  readonly print: (line: string) => void;
}

/** How much there is. */
export interface Extent {
  /** How many Services have Pods. */
  readonly size: number;
  /** How many each of them has. */
  readonly pods: number;
  /** How many of them are critical at most. */
  readonly critical: number;
}

/** A control plane with many Services, and what can be done to them. */
export class Stage {
  readonly #log: AuditLog<AuditEntry>;

  private constructor(
    readonly ground: Ground,
    readonly etcd: Etcd,
    readonly population: Population,
    /** The Services from the first one on that a CriticalService names. */
    readonly critical: number,
  ) {
    this.#log = new AuditLog(ground.controlPlane.auditLog ?? "");
  }

  static async open(
    module: BuiltModule,
    { size, pods, critical }: Extent,
    print: (line: string) => void,
  ): Promise<Stage> {
    const nodes = Math.ceil((size * pods) / PODS_PER_NODE) + 1;
    const controlPlane = await startControlPlane({ audit: AUDIT_POLICY, nodes });
    try {
      const ground = await prepare(controlPlane, module, print);
      const population = new Population(await makePrototype(controlPlane.api, pods), size, nodes);
      const etcd = new Etcd(controlPlane.etcdSocket);
      const stage = new Stage(ground, etcd, population, Math.min(size, critical));
      await stage.#fill();
      return stage;
    } catch (error) {
      await controlPlane.stop();
      throw error;
    }
  }

  /** Services that lose their Pods. */
  get victims(): Place[] {
    return Array.from({ length: this.critical }, (_, index) => placeOf(index));
  }

  get lame(): Place[] {
    return Array.from({ length: LAME }, (_, index) => lamePlace(index));
  }

  /** From now on. */
  trace(users: readonly string[]): Trace {
    this.#log.take();
    return new Trace(this.#log, users);
  }

  /** At once. */
  async losePods(places: readonly Place[]): Promise<void> {
    await this.etcd.apply(places.flatMap(({ index }) => this.population.withoutPods(index)));
  }

  async restorePods(places: readonly Place[]): Promise<void> {
    await this.etcd.apply(places.flatMap(({ index }) => this.population.newPods(index)));
  }

  async removeFallbacks(places: readonly Place[]): Promise<void> {
    const keys = places.map(place => podKey(place.namespace, fallbackName(place)));
    await this.etcd.apply(keys.map(key => [key, undefined]));
  }

  /** As the API server does after an hour. */
  async forgetEvents(): Promise<void> {
    await this.etcd.removeBelow("/registry/events/");
  }

  async close(): Promise<void> {
    this.etcd.close();
    await this.ground.controlPlane.stop();
  }

  async #fill(): Promise<void> {
    const { controlPlane, print } = this.ground;
    const { api } = controlPlane;
    const { size, pods, namespaces } = this.population;
    print(`  ${size} Services with ${pods} Pods, ${this.critical} of them critical`);
    await atOnce(AT_ONCE, namespaces, async name =>
      api.post("/api/v1/namespaces", { metadata: { name } }),
    );
    await this.#accountsIn(namespaces);
    const begin = Date.now();
    await withoutAll(controlPlane, WATCHERS, async () => {
      const indexes = Array.from({ length: size }, (_, index) => index);
      await this.etcd.load(indexes.flatMap(index => this.population.service(index)));
    });
    print(`  loaded in ${Date.now() - begin} ms`);
    await api.post("/api/v1/namespaces", { metadata: { name: LAME_NAMESPACE } });
    await this.#accountsIn([LAME_NAMESPACE]);
    await atOnce(AT_ONCE, this.lame, async ({ namespace, name }) =>
      api.post(`/api/v1/namespaces/${namespace}/services`, serviceOf(name)),
    );
    await atOnce(AT_ONCE, [...this.victims, ...this.lame], async ({ namespace, name }) => {
      const spec = { namespace, matchLabels: [{ key: "app", value: name }] };
      const object = {
        apiVersion: "mycrd.com/v1",
        kind: "CriticalService",
        metadata: { name },
        spec,
      };
      await api.post("/apis/mycrd.com/v1/criticalservices", object);
    });
    if (!(await this.trace([]).quiet(3000, TIMEOUT_MS)))
      throw new Error("it does not come to rest");
  }

  /** Waits until the last of the namespaces can have Pods. */
  async #accountsIn(namespaces: readonly string[]): Promise<void> {
    const { api } = this.ground.controlPlane;
    await until("the namespaces have their ServiceAccounts", TIMEOUT_MS, async () => {
      const { body } = await api.get("/api/v1/serviceaccounts");
      const { items } = JSON.parse(body) as { items: { metadata: { namespace: string } }[] };
      const present = new Set(items.map(({ metadata }) => metadata.namespace));
      return namespaces.every(name => present.has(name));
    });
  }
}

async function prepare(
  controlPlane: ControlPlane,
  module: BuiltModule,
  print: (line: string) => void,
): Promise<Ground> {
  const { binDir, dir } = controlPlane;
  const kubectl = new Kubectl(join(binDir, "kubectl"), controlPlane.kubeconfig);
  // Nobody listens there: only CriticalServices have webhooks, and they do without.
  const kubeconfig = await installModule(kubectl, module, { port: await freePort(), dir });
  const user = `system:serviceaccount:${MODULE_NAMESPACE}:${MODULE_NAME}`;
  const folder = join(__dirname, "..", "..");
  const yaml = (...path: string[]): object =>
    parse(readFileSync(join(folder, ...path), "utf8")) as object;
  await kubectl.apply(
    yaml("samples", "1-namespace.yaml"),
    yaml("samples", "2-pod-template.yaml"),
    yaml("crd", "criticalservices.mycrd.com.yaml"),
  );
  const crd = "crd/criticalservices.mycrd.com";
  await kubectl.run(["wait", "--for=condition=Established", "--timeout=60s", crd]);
  const account = await makeAccount(kubectl, controlPlane);
  return { controlPlane, module, operator: { user, kubeconfig }, account, print };
}

async function makeAccount(kubectl: Kubectl, { api, dir }: ControlPlane): Promise<Account> {
  const metadata = { name: ACCOUNT, namespace: TEMPLATE_NAMESPACE };
  await kubectl.apply(
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: ACCOUNT },
      roleRef: {
        apiGroup: "rbac.authorization.k8s.io",
        kind: "ClusterRole",
        name: "cluster-admin",
      },
      subjects: [{ kind: "ServiceAccount", ...metadata }],
    },
  );
  const request = ["create", "token", ACCOUNT, "-n", TEMPLATE_NAMESPACE, "--duration=24h"];
  const token = (await kubectl.run(request)).trim();
  const kubeconfig = join(dir, "bench.kubeconfig");
  writeKubeconfig(kubeconfig, api.server, api.ca, ACCOUNT, token);
  return { user: `system:serviceaccount:${TEMPLATE_NAMESPACE}:${ACCOUNT}`, kubeconfig, token };
}

async function withoutAll(
  controlPlane: ControlPlane,
  [first, ...others]: readonly (typeof WATCHERS)[number][],
  work: () => Promise<void>,
): Promise<void> {
  if (first === undefined) await work();
  else await controlPlane.without(first, () => withoutAll(controlPlane, others, work));
}
