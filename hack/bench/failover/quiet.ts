import { K8s, kind } from "kubernetes-fluent-client";

/** Room for the sync itself. */
const SYNC_MS = 500;

/**
 * Watches all that makes kube-proxy write its rules anew. From one sync to the next it lets some
 * time pass, and a loss must not fall into that: the last change is in effect after that time at
 * most, and after the same time once more the next one is acted on at once.
 */
export class Quiet {
  #last = Date.now();
  readonly #watchers: { close(): void }[] = [];
  /** How many milliseconds without a change are enough. */
  readonly wantedMs: number;

  /** @param minSyncMs the least time from one sync of kube-proxy to the next, in milliseconds */
  constructor(minSyncMs: number) {
    this.wantedMs = 2 * minSyncMs + SYNC_MS;
  }

  async follow(): Promise<void> {
    const note = () => {
      this.#last = Date.now();
    };
    const slices = K8s(kind.EndpointSlice).Watch(note);
    const services = K8s(kind.Service).Watch(note);
    this.#watchers.push(slices, services);
    await Promise.all([slices.start(), services.start()]);
  }

  get isQuiet(): boolean {
    return Date.now() - this.#last > this.wantedMs;
  }

  close(): void {
    this.#watchers.forEach(watcher => {
      watcher.close();
    });
  }
}
