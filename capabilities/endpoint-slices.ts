import { endpointSlices as objects } from "./cluster/collections";
import type { EndpointSliceObject } from "./domain/kubernetes";
import { trimSlice } from "./domain/standby-slice";
import type { Subject } from "./engine/informer";
import type { Operator } from "./engine/operator";

/** EndpointSlices: a Service loses its last Ready Pod, and gets one back. */
export function endpointSlices(operator: Operator): Subject<EndpointSliceObject> {
  return {
    kind: "EndpointSlice",
    objects,
    trim: trimSlice,
    seen: slice => {
      operator.endpointSliceSeen(slice);
    },
    gone: slice => {
      operator.endpointSliceGone(slice);
    },
  };
}
