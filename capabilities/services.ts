import { services as objects } from "./cluster/collections";
import type { ServiceObject } from "./domain/kubernetes";
import { trimService } from "./domain/service";
import type { Subject } from "./engine/informer";
import type { Operator } from "./engine/operator";

/** Services: which there are, what they select, which labels they carry. */
export function services(operator: Operator): Subject<ServiceObject> {
  return {
    kind: "Service",
    objects,
    trim: trimService,
    seen: service => {
      operator.serviceSeen(service);
    },
    gone: service => {
      operator.serviceGone(service);
    },
  };
}
