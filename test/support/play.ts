import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { K8s, kind } from "kubernetes-fluent-client";
import { inject, vi } from "vitest";
import { CriticalService } from "../../capabilities/cluster/critical-services";
import { FALLBACK_LABEL, isReady } from "../../capabilities/domain/fallback-pod";
import { Kubectl } from "../../hack/kubectl";
import type { LogLine } from "../../hack/operator";

const CONTAINER = { name: "app", image: "nginxinc/nginx-unprivileged:1.29-alpine" };

/** Has the client talk to the control plane that the test files share. */
export function useSharedCluster(): void {
  process.env.KUBECONFIG = inject("kubeconfig");
}

/** Waits until `check` passes, and returns what it returns. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 45_000, interval: 25 });
}

/** A namespace for one test. */
export class Playground {
  private constructor(readonly namespace: string) {}

  static async create(): Promise<Playground> {
    const namespace = `test-${randomBytes(4).toString("hex")}`;
    await K8s(kind.Namespace).Apply({ metadata: { name: namespace } });
    return new Playground(namespace);
  }

  /** A Service whose label and selector are both `app: <name>`. */
  async service(name: string): Promise<kind.Service> {
    return K8s(kind.Service).Apply({
      metadata: { namespace: this.namespace, name, labels: { app: name } },
      spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] },
    });
  }

  /** Changes fields of a Service; a null takes one away. */
  async patchService(name: string, change: object): Promise<void> {
    const patch = ["--type=merge", "-p", JSON.stringify(change)];
    await kubectl("patch", "service", name, "-n", this.namespace, ...patch);
  }

  /** A CriticalService of this namespace that names Services by `app: <service>`. */
  async criticalService(service: string, name = service, more: object = {}): Promise<string> {
    const fullName = `${this.namespace}-${name}`;
    const matchLabels = [{ key: "app", value: service }];
    await K8s(CriticalService).Apply({
      metadata: { name: fullName },
      spec: { namespace: this.namespace, matchLabels, ...more },
    });
    return fullName;
  }

  /** A Pod with the label `app: <app>`; waits until it is Ready, unless `ready` is false. */
  async pod(name: string, app: string, { ready = true } = {}): Promise<kind.Pod> {
    const annotations: Record<string, string> = ready
      ? {}
      : { "critical-service-operator/not-ready": "true" };
    const created = await K8s(kind.Pod).Create({
      metadata: { namespace: this.namespace, name, labels: { app }, annotations },
      spec: { containers: [CONTAINER] },
    });
    if (ready) {
      await eventually(async () => {
        if (!isReady((await this.find(name)) ?? {})) {
          throw new Error(`Pod ${name} is not Ready`);
        }
      });
    }
    return created;
  }

  /** A PodTemplate whose labels are told from the Service's. */
  async podTemplate(name: string, spec: object = {}): Promise<void> {
    await K8s(kind.PodTemplate).Apply({
      metadata: { namespace: this.namespace, name },
      template: {
        metadata: { labels: { from: "template", app: "overruled" } },
        spec: { containers: [{ name: "page", image: "example.com/page:1" }], ...spec },
      },
    });
  }

  async deletePod(name: string): Promise<void> {
    await K8s(kind.Pod).InNamespace(this.namespace).Delete(name);
  }

  /** Sets the Pod's condition Ready, as a kubelet would. */
  async setReady(name: string, ready: boolean): Promise<void> {
    const pod = await K8s(kind.Pod).InNamespace(this.namespace).Get(name);
    const conditions = (pod.status?.conditions ?? []).map(condition =>
      ["Ready", "ContainersReady"].includes(condition.type)
        ? Object.assign({}, condition, { status: ready ? "True" : "False" })
        : condition,
    );
    await this.setStatus(name, { conditions });
  }

  async setStatus(name: string, status: Partial<kind.Pod["status"]>): Promise<void> {
    const metadata = { namespace: this.namespace, name };
    await K8s(kind.Pod).PatchStatus({ metadata, status } as kind.Pod);
  }

  /** The Pod of that name, or undefined. */
  async find(name: string): Promise<kind.Pod | undefined> {
    const { items } = await K8s(kind.Pod).InNamespace(this.namespace).Get();
    return items.find(pod => pod.metadata?.name === name);
  }

  /** The Service's fallback Pods. */
  async fallbacks(service: string): Promise<kind.Pod[]> {
    const pods = K8s(kind.Pod).InNamespace(this.namespace);
    return (await pods.WithLabel(FALLBACK_LABEL, service).Get()).items;
  }

  /** Waits for the Service's one fallback Pod to be Ready, to receive its clients, and to `suit`. */
  async fallbackServes(
    service: string,
    suits: (pod: kind.Pod) => boolean = () => true,
  ): Promise<kind.Pod> {
    return eventually(async () => {
      const pods = await this.fallbacks(service);
      const [pod] = pods;
      if (!pod || pods.length > 1 || pod.metadata?.deletionTimestamp || !isReady(pod)) {
        throw new Error(`Service ${service} has ${pods.length} fallback Pods, or it is not Ready`);
      }
      if (!suits(pod)) {
        throw new Error(`Service ${service} has another fallback Pod: ${JSON.stringify(pod)}`);
      }
      if (!(await this.podsBehind(service)).includes(pod.metadata?.uid ?? "")) {
        throw new Error(`Service ${service} does not lead to its fallback Pod`);
      }
      return pod;
    });
  }

  /** Waits until the Service has no fallback Pod. */
  async fallbackGone(service: string): Promise<void> {
    await eventually(async () => {
      if ((await this.fallbacks(service)).length > 0) {
        throw new Error(`Service ${service} still has a fallback Pod`);
      }
    });
  }

  /** UIDs of the Pods that clients of the Service reach. */
  async podsBehind(service: string): Promise<string[]> {
    const { items } = await K8s(kind.EndpointSlice)
      .InNamespace(this.namespace)
      .WithLabel("kubernetes.io/service-name", service)
      .Get();
    return items
      .flatMap(({ endpoints }) => (endpoints as kind.EndpointSlice["endpoints"] | null) ?? [])
      .filter(({ conditions }) => conditions?.ready !== false)
      .map(({ targetRef }) => targetRef?.uid ?? "");
  }

  /**
   * Waits until the operator has dealt with all that happened so far: it sees EndpointSlices in
   * order, so once it speaks of a Service made now, it has seen what was before.
   */
  async operatorCaughtUp(log: () => LogLine[] = operatorLog): Promise<void> {
    const name = `marker-${randomBytes(4).toString("hex")}`;
    await this.service(name);
    await eventually(() => said(log(), `Service ${name} from Namespace ${this.namespace} has no`));
  }

  /** Waits until the operator logs `text`, and returns the line. */
  async operatorSays(text: string): Promise<LogLine> {
    return eventually(() => said(operatorLog(), text));
  }
}

/** Runs kubectl on the shared control plane. */
export function kubectl(...args: string[]): Promise<string> {
  return new Kubectl(inject("kubectl"), inject("kubeconfig")).run(args);
}

/** What the shared operator logged so far. */
export function operatorLog(): LogLine[] {
  return readFileSync(inject("operatorLog"), "utf8")
    .split("\n")
    .filter(line => line.endsWith("}"))
    .map(line => JSON.parse(line) as LogLine);
}

/** The line that holds `text`; an error if there is none. */
export function said(lines: readonly LogLine[], text: string): LogLine {
  const line = lines.find(({ msg }) => msg.includes(text));
  if (!line) {
    throw new Error(`The operator has not said: ${text}`);
  }
  return line;
}

/** Tells another Pod from this one. */
export function isNot(before: kind.Pod): (pod: kind.Pod) => boolean {
  return pod => pod.metadata?.uid !== before.metadata?.uid;
}
