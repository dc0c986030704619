import { K8s, kind } from "kubernetes-fluent-client";

type Watcher = ReturnType<ReturnType<typeof K8s<typeof kind.Pod>>["Watch"]>;

/** What a watcher of one namespace sees: its Pods and EndpointSlices. */
export class World {
  readonly pods = new Map<string, kind.Pod>();
  readonly slices = new Map<string, kind.EndpointSlice>();
  readonly #watchers: Pick<Watcher, "close">[] = [];
  readonly #waiting = new Set<() => void>();

  /** Follows `namespace` of the cluster that KUBECONFIG names. */
  async follow(namespace: string): Promise<void> {
    const pods = K8s(kind.Pod)
      .InNamespace(namespace)
      .Watch((pod, phase) => {
        this.#note(this.pods, pod, phase);
      });
    const slices = K8s(kind.EndpointSlice)
      .InNamespace(namespace)
      .Watch((slice, phase) => {
        this.#note(this.slices, slice, phase);
      });
    this.#watchers.push(pods, slices);
    await Promise.all([pods.start(), slices.start()]);
  }

  /** Has waiting conditions looked at again, for something that is not watched here. */
  changed(): void {
    this.#waiting.forEach(check => {
      check();
    });
  }

  /**
   * Waits until `condition` holds.
   *
   * @throws Error that says `what` did not happen within `timeoutMs` milliseconds
   */
  async until(what: string, condition: () => boolean, timeoutMs: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(check);
        reject(new Error(`Did not happen within ${timeoutMs / 1000} s: ${what}`));
      }, timeoutMs);
      const check = () => {
        if (condition()) {
          clearTimeout(timer);
          this.#waiting.delete(check);
          resolve();
        }
      };
      this.#waiting.add(check);
      check();
    });
  }

  close(): void {
    this.#watchers.forEach(watcher => {
      watcher.close();
    });
  }

  #note<T extends kind.Pod | kind.EndpointSlice>(
    objects: Map<string, T>,
    object: T,
    phase: string,
  ): void {
    const name = object.metadata?.name ?? "";
    if (phase === "DELETED") {
      objects.delete(name);
    } else {
      objects.set(name, object);
    }
    this.changed();
  }
}

/** Names of the Pods that the Service's clients reach. */
export function readyPods(world: World, service: string): string[] {
  return (
    [...world.slices.values()]
      .filter(({ metadata }) => metadata?.labels?.["kubernetes.io/service-name"] === service)
      // An empty list comes as null.
      .flatMap(({ endpoints }) => (endpoints as kind.EndpointSlice["endpoints"] | null) ?? [])
      .filter(({ conditions }) => conditions?.ready !== false)
      .map(({ targetRef }) => targetRef?.name ?? "")
  );
}
