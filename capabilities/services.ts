import { kind } from "kubernetes-fluent-client";
import { watchAll } from "./cluster/watches";
import type { Operator } from "./engine/operator";

/** Services: which there are, what they select, which labels they carry. */
export function followServices(operator: Operator): void {
  watchAll(kind.Service, {
    seen: service => {
      operator.serviceSeen(service);
    },
    gone: service => {
      operator.serviceGone(service);
    },
  });
}
