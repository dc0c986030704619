import { Capability } from "pepr";
import { CriticalService } from "./cluster/critical-services";
import { readCriticalServiceSpec } from "./domain/critical-service";
import type { Operator } from "./engine/operator";

/** CriticalServices: which Services are to get a fallback. */
export function criticalServices(operator: Operator): Capability {
  const capability = new Capability({
    name: "critical-services",
    description: "Checks CriticalServices and follows what they name",
  });
  const { When } = capability;

  When(CriticalService)
    .IsCreatedOrUpdated()
    .Mutate(request => {
      const { spec } = readCriticalServiceSpec(request.Raw.spec);
      if (spec) {
        request.Merge({ spec });
      }
    })
    .Validate(request => {
      const { problems } = readCriticalServiceSpec(request.Raw.spec);
      return problems ? request.Deny(problems.join("; "), 422) : request.Approve();
    })
    .Watch(criticalService => {
      operator.criticalServiceSeen(criticalService);
    });

  When(CriticalService)
    .IsDeleted()
    .Watch(criticalService => {
      operator.criticalServiceGone(criticalService);
    });

  return capability;
}
