import { kubectl } from "./stage";

const NAMESPACE = ["-n", "pepr-system"];

/** Where kubectl finds the watcher's Deployment. */
export const WATCHER = [...NAMESPACE, "deployment/pepr-critsvc-watcher"];

/** A Pod that the operator runs in. */
export interface WatcherPod {
  readonly name: string;
  /** How often its container was started again. */
  readonly restarts: number;
}

/** The operator's Pods, those that are being ended too. */
export async function watcherPods(): Promise<WatcherPod[]> {
  const selector = ["-l", "pepr.dev/controller=watcher"];
  const { items } = JSON.parse(
    await kubectl.run(["get", "pods", ...NAMESPACE, ...selector, "-o", "json"]),
  ) as { items: Pod[] };
  return items.map(({ metadata, status: { containerStatuses: [container] = [] } }) => ({
    name: metadata.name,
    restarts: container?.restartCount ?? 0,
  }));
}

/** All that one of them logged. */
export function watcherLog(pod: string): Promise<string> {
  return kubectl.run(["logs", ...NAMESPACE, pod]);
}

interface Pod {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly containerStatuses?: readonly { readonly restartCount: number }[];
  };
}
