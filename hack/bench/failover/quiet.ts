import { K8s, kind } from "kubernetes-fluent-client";

/** Watches all that makes kube-proxy write its rules anew. */
export class Quiet {
  #last = Date.now();
  readonly #watchers: { close(): void }[] = [];

  async follow(): Promise<void> {
    const note = () => {
      this.#last = Date.now();
    };
    const slices = K8s(kind.EndpointSlice).Watch(note);
    const services = K8s(kind.Service).Watch(note);
    this.#watchers.push(slices, services);
    await Promise.all([slices.start(), services.start()]);
  }

  /** Milliseconds since the last change. */
  get lastsMs(): number {
    return Date.now() - this.#last;
  }

  close(): void {
    this.#watchers.forEach(watcher => {
      watcher.close();
    });
  }
}
