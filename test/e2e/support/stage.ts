import { randomBytes } from "node:crypto";
import { vi } from "vitest";
import type { CriticalServiceStatus } from "../../../capabilities/domain/status";
import { fallbackTemplate } from "../../../hack/bench/pods";
import { Poller } from "../../../hack/bench/poller";
import { findKubectl, Kubectl } from "../../../hack/kubectl";
import { realDeployment } from "./real-deployment";

/** kubectl on the cluster under test. */
export const kubectl = new Kubectl(await findKubectl(console.log), process.env.KUBECONFIG ?? "");

/** Waits until `check` passes, and returns what it returns. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 90_000, interval: 50 });
}

/** Labels of a namespace that takes Pods of the strictest Pod Security Standard only. */
export const RESTRICTED = { "pod-security.kubernetes.io/enforce": "restricted" };
/** The Service that most tests need only one of. */
const SHOP = "shop";
/** On CriticalServices, which are in no namespace: the stage that they belong to. */
const STAGE_LABEL = "e2e/stage";

/** A namespace with a Service "shop" or some more, and clients that ask them all the time. */
export class Stage {
  readonly #pollers: Poller[] = [];

  private constructor(readonly namespace: string) {}

  /** @param labels of the namespace */
  static async create(labels: Record<string, string> = {}): Promise<Stage> {
    const stage = new Stage(`e2e-${randomBytes(4).toString("hex")}`);
    await kubectl.apply(
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "linux-mag" } },
      { apiVersion: "v1", kind: "Namespace", metadata: { name: stage.namespace, labels } },
      fallbackTemplate("linux-mag"),
    );
    return stage;
  }

  async close(): Promise<void> {
    await Promise.all(this.#pollers.map(poller => poller.stop()));
    await kubectl.run(["delete", "criticalservices", "-l", `${STAGE_LABEL}=${this.namespace}`]);
    await kubectl.run(["delete", "namespace", this.namespace, "--wait=false"]);
  }

  /** A Service whose label and selector are both `app: <name>`. */
  async service(spec: object = {}, name = SHOP): Promise<void> {
    await kubectl.apply({
      apiVersion: "v1",
      kind: "Service",
      metadata: { namespace: this.namespace, name, labels: { app: name } },
      spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }], ...spec },
    });
  }

  /** A CriticalService that names the Service. */
  async critical(spec: object = {}, service = SHOP): Promise<void> {
    await kubectl.apply({
      apiVersion: "mycrd.com/v1",
      kind: "CriticalService",
      metadata: { name: this.#criticalName(service), labels: { [STAGE_LABEL]: this.namespace } },
      spec: { namespace: this.namespace, matchLabels: [{ key: "app", value: service }], ...spec },
    });
  }

  /** The status of the CriticalService that names the Service. */
  async status(service = SHOP): Promise<CriticalServiceStatus> {
    const json = ["-o", "jsonpath={.status}"];
    const status = await kubectl.run([
      ...["get", "criticalservice", this.#criticalName(service), ...json],
    ]);
    return JSON.parse(status || "{}") as CriticalServiceStatus;
  }

  /** What Events of the Service say for a reason. */
  async events(reason: string, service = SHOP): Promise<string> {
    const fields = `involvedObject.kind=Service,involvedObject.name=${service},reason=${reason}`;
    const messages = ["-o", "jsonpath={.items[*].message}"];
    return this.kubectl("get", "events", "--field-selector", fields, ...messages);
  }

  /** Creates or changes an object of the namespace. */
  async apply(object: object): Promise<void> {
    const { metadata } = object as { metadata?: object };
    await kubectl.apply({ ...object, metadata: { namespace: this.namespace, ...metadata } });
  }

  async realPods(options: Parameters<typeof realDeployment>[2] = {}): Promise<void> {
    await kubectl.apply(realDeployment(this.namespace, "shop", options));
  }

  /** Sets how many real Pods there are to be. */
  async scale(replicas: number): Promise<void> {
    await this.kubectl("scale", "deployment/shop", `--replicas=${replicas}`);
  }

  /** The real Pods are gone at once. */
  async loseByForce(): Promise<void> {
    await this.scale(0);
    const real = "app=shop,!mycrd.com/fallback-for";
    await this.kubectl("delete", "pod", "-l", real, "--force", "--grace-period=0");
  }

  /** A client of the Service's ClusterIP. */
  async poll(service = SHOP): Promise<Poller> {
    return this.#poll(`http://${await this.clusterIp(service)}/`);
  }

  clusterIp(service = SHOP): Promise<string> {
    return this.get("service", service, ".spec.clusterIP");
  }

  /** A client of the Service's NodePort. */
  async pollNodePort(): Promise<Poller> {
    const port = await this.get("service", "shop", ".spec.ports[0].nodePort");
    const address = `.items[0].status.addresses[?(@.type=="InternalIP")].address`;
    const node = await kubectl.run(["get", "nodes", "-o", `jsonpath={${address}}`]);
    return this.#poll(`http://${node}:${port}/`);
  }

  /** A field of an object of the namespace. */
  async get(kind: string, name: string, path: string): Promise<string> {
    return this.kubectl("get", kind, name, "-o", `jsonpath={${path}}`);
  }

  /** Names of the Pods behind the Service that are Ready. */
  async readyPods(): Promise<string[]> {
    const path = `{range .items[*].endpoints[?(@.conditions.ready==true)]}{.targetRef.name} {end}`;
    const label = "kubernetes.io/service-name=shop";
    const names = await this.kubectl(
      "get",
      "endpointslices",
      "-l",
      label,
      "-o",
      `jsonpath=${path}`,
    );
    return names.split(" ").filter(Boolean);
  }

  /** UIDs of the fallback Pods, without those that are being deleted. */
  async fallbacks(): Promise<string[]> {
    const live =
      "go-template={{range .items}}{{if not .metadata.deletionTimestamp}}{{.metadata.uid}} {{end}}{{end}}";
    const uids = await this.kubectl("get", "pods", "-l", "mycrd.com/fallback-for", "-o", live);
    return uids.split(" ").filter(Boolean);
  }

  async pods(): Promise<string[]> {
    const names = await this.kubectl("get", "pods", "-o", "name");
    return names.split("\n").filter(Boolean);
  }

  kubectl(...args: string[]): Promise<string> {
    return kubectl.run([...args, "-n", this.namespace]);
  }

  #criticalName(service: string): string {
    return service === SHOP ? this.namespace : `${this.namespace}-${service}`;
  }

  #poll(url: string): Poller {
    const poller = new Poller(url);
    this.#pollers.push(poller);
    return poller;
  }
}
