import type { kind } from "kubernetes-fluent-client";
import { services as objects } from "./cluster/collections";
import type { Subject } from "./engine/informer";
import type { Operator } from "./engine/operator";

/** Services: which there are, what they select, which labels they carry. */
export function services(operator: Operator): Subject<kind.Service> {
  return {
    kind: "Service",
    objects,
    seen: service => {
      operator.serviceSeen(service);
    },
    gone: service => {
      operator.serviceGone(service);
    },
  };
}
