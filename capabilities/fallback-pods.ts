import { a, Capability } from "pepr";
import { FALLBACK_LABEL } from "./domain/fallback-pod";
import type { Operator } from "./engine/operator";

/** The operator's own Pods; all others stay out of the watch. */
export function fallbackPods(operator: Operator): Capability {
  const capability = new Capability({
    name: "fallback-pods",
    description: "Sees what becomes of the fallback Pods",
  });
  const { When } = capability;

  When(a.Pod)
    .IsCreatedOrUpdated()
    .WithLabel(FALLBACK_LABEL)
    .Watch(pod => {
      operator.fallbackPodSeen(pod);
    });

  When(a.Pod)
    .IsDeleted()
    .WithLabel(FALLBACK_LABEL)
    .Watch(pod => {
      operator.fallbackPodGone(pod);
    });

  return capability;
}
