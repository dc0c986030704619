import { randomBytes } from "node:crypto";
import { vi } from "vitest";
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

/** A namespace with a Service "shop", and clients that ask it all the time. */
export class Stage {
  readonly #pollers: Poller[] = [];

  private constructor(readonly namespace: string) {}

  static async create(): Promise<Stage> {
    const stage = new Stage(`e2e-${randomBytes(4).toString("hex")}`);
    await kubectl.apply(
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "linux-mag" } },
      { apiVersion: "v1", kind: "Namespace", metadata: { name: stage.namespace } },
      fallbackTemplate("linux-mag"),
    );
    return stage;
  }

  async close(): Promise<void> {
    await Promise.all(this.#pollers.map(poller => poller.stop()));
    await kubectl.run(["delete", "criticalservice", this.namespace, "--ignore-not-found"]);
    await kubectl.run(["delete", "namespace", this.namespace, "--wait=false"]);
  }

  async service(spec: object = {}): Promise<void> {
    await kubectl.apply({
      apiVersion: "v1",
      kind: "Service",
      metadata: { namespace: this.namespace, name: "shop", labels: { app: "shop" } },
      spec: { selector: { app: "shop" }, ports: [{ port: 80, targetPort: 8080 }], ...spec },
    });
  }

  async critical(): Promise<void> {
    await kubectl.apply({
      apiVersion: "mycrd.com/v1",
      kind: "CriticalService",
      metadata: { name: this.namespace },
      spec: { namespace: this.namespace, matchLabels: [{ key: "app", value: "shop" }] },
    });
  }

  async realPods(options: Parameters<typeof realDeployment>[2] = {}): Promise<void> {
    await kubectl.apply(realDeployment(this.namespace, "shop", options));
  }

  /** A client of the Service's ClusterIP. */
  async poll(): Promise<Poller> {
    return this.#poll(`http://${await this.get("service", "shop", ".spec.clusterIP")}/`);
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

  async pods(): Promise<string[]> {
    const names = await this.kubectl("get", "pods", "-o", "name");
    return names.split("\n").filter(Boolean);
  }

  kubectl(...args: string[]): Promise<string> {
    return kubectl.run([...args, "-n", this.namespace]);
  }

  #poll(url: string): Poller {
    const poller = new Poller(url);
    this.#pollers.push(poller);
    return poller;
  }
}
