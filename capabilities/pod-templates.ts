import type { kind } from "kubernetes-fluent-client";
import { podTemplates as objects } from "./cluster/collections";
import type { Subject } from "./engine/informer";
import type { Operator } from "./engine/operator";

/** PodTemplates: what fallback Pods run instead of a page. */
export function podTemplates(operator: Operator): Subject<kind.PodTemplate> {
  return {
    kind: "PodTemplate",
    objects,
    seen: podTemplate => {
      operator.podTemplateSeen(podTemplate);
    },
    gone: podTemplate => {
      operator.podTemplateGone(podTemplate);
    },
  };
}
