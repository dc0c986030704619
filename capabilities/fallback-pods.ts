import type { kind } from "kubernetes-fluent-client";
import { a, Capability } from "pepr";
import { fallbackPods as objects } from "./cluster/collections";
import { FALLBACK_LABEL } from "./domain/fallback-pod";
import type { Informer, Subject } from "./engine/informer";
import type { Operator } from "./engine/operator";

/** The operator's own Pods: what becomes of them. All others stay out of lists and watches. */
export function fallbackPods(operator: Operator): Subject<kind.Pod> {
  return {
    kind: "Pod",
    objects,
    seen: pod => {
      operator.fallbackPodSeen(pod);
    },
    gone: pod => {
      operator.fallbackPodGone(pod);
    },
  };
}

/**
 * Pepr's watch of them, which begins some seconds after the informer's own; what both tell is taken in
 * once. Pepr makes the Deployment that watches only for a module with a binding such as this.
 */
export function fallbackPodWatch(informer: Informer<kind.Pod>): Capability {
  const capability = new Capability({
    name: "fallback-pods",
    description: "Sees what becomes of the fallback Pods",
  });
  const { When } = capability;

  When(a.Pod)
    .IsCreatedOrUpdated()
    .WithLabel(FALLBACK_LABEL)
    .Watch(pod => {
      informer.seen(pod);
    });

  return capability;
}
