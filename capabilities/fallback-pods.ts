import type { kind } from "kubernetes-fluent-client";
import { fallbackPods as objects } from "./cluster/collections";
import type { Subject } from "./engine/informer";
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
