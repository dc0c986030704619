import { kind } from "kubernetes-fluent-client";
import { watchAll } from "./cluster/watches";
import type { Operator } from "./engine/operator";

/** EndpointSlices: a Service loses its last Ready Pod, and gets one back. */
export function followEndpointSlices(operator: Operator): void {
  watchAll(kind.EndpointSlice, {
    seen: slice => {
      operator.endpointSliceSeen(slice);
    },
    gone: slice => {
      operator.endpointSliceGone(slice);
    },
  });
}
