import { Capability } from "pepr";
import { criticalServices as objects } from "./cluster/collections";
import { CriticalService } from "./cluster/critical-services";
import { readCriticalServiceSpec } from "./domain/critical-service";
import type { Subject } from "./engine/informer";
import type { Operator } from "./engine/operator";

/** CriticalServices: which Services are to get a fallback. */
export function criticalServices(operator: Operator): Subject<CriticalService> {
  return {
    kind: "CriticalService",
    objects,
    seen: criticalService => {
      operator.criticalServiceSeen(criticalService);
    },
    gone: criticalService => {
      operator.criticalServiceGone(criticalService);
    },
  };
}

/** What CriticalServices are let in, and what they say once they are. */
export function criticalServiceAdmission(): Capability {
  const capability = new Capability({
    name: "critical-services",
    description: "Checks CriticalServices, and makes their defaults visible",
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
    });

  return capability;
}
