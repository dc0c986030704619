import { a, Capability } from "pepr";
import type { Operator } from "./engine/operator";

/** EndpointSlices: which Pods are behind a Service, and which of them are Ready. */
export function endpointSlices(operator: Operator): Capability {
  const capability = new Capability({
    name: "endpoint-slices",
    description: "Sees a Service lose its last Ready Pod, and get one back",
  });
  const { When } = capability;

  When(a.EndpointSlice)
    .IsCreatedOrUpdated()
    .Watch(slice => {
      operator.endpointSliceSeen(slice);
    });

  When(a.EndpointSlice)
    .IsDeleted()
    .Watch(slice => {
      operator.endpointSliceGone(slice);
    });

  return capability;
}
