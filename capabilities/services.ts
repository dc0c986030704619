import { a, Capability } from "pepr";
import type { Operator } from "./engine/operator";

/** Services: which there are, what they select, which labels they carry. */
export function services(operator: Operator): Capability {
  const capability = new Capability({
    name: "services",
    description: "Looks after every Service",
  });
  const { When } = capability;

  When(a.Service)
    .IsCreatedOrUpdated()
    .Watch(service => {
      operator.serviceSeen(service);
    });

  When(a.Service)
    .IsDeleted()
    .Watch(service => {
      operator.serviceGone(service);
    });

  return capability;
}
