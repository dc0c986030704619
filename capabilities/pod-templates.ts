import type { kind } from "kubernetes-fluent-client";
import { a, Capability } from "pepr";
import { podTemplates as objects } from "./cluster/collections";
import type { Informer, Subject } from "./engine/informer";
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

/**
 * Pepr's watch of them, which begins some seconds after the informer's own; what both tell is taken in
 * once. Pepr makes the Deployment that watches only for a module with a binding such as this, and there
 * is no kind of which fewer objects change.
 */
export function podTemplateWatch(informer: Informer<kind.PodTemplate>): Capability {
  const capability = new Capability({
    name: "pod-templates",
    description: "Sees what fallback Pods are to run",
  });
  const { When } = capability;

  When(a.PodTemplate)
    .IsCreatedOrUpdated()
    .Watch(podTemplate => {
      informer.seen(podTemplate);
    });

  return capability;
}
