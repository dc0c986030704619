import type { kind } from "kubernetes-fluent-client";
import { endpointSlices as objects } from "./cluster/collections";
import type { Subject } from "./engine/informer";
import type { Operator } from "./engine/operator";

/** EndpointSlices: a Service loses its last Ready Pod, and gets one back. */
export function endpointSlices(operator: Operator): Subject<kind.EndpointSlice> {
  return {
    kind: "EndpointSlice",
    objects,
    seen: slice => {
      operator.endpointSliceSeen(slice);
    },
    gone: slice => {
      operator.endpointSliceGone(slice);
    },
  };
}
