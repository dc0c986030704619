import { protects, readCriticalServiceSpec } from "../../../capabilities/domain/critical-service";
import { isLookedAfter, keyOf, type Snapshot } from "../../../hack/invariants/snapshot";

/** CriticalServices whose status does not say what is the case. */
export function falseStatuses({ services, criticalServices }: Snapshot): string[] {
  return criticalServices.flatMap(({ metadata, spec: raw, status }) => {
    const { spec } = readCriticalServiceSpec(raw);
    const named = services.filter(
      service =>
        spec &&
        isLookedAfter(service) &&
        protects(spec, keyOf(service), service.metadata?.labels ?? {}),
    );
    const matched = status?.matched;
    return matched === named.length
      ? []
      : [`CriticalService ${metadata?.name ?? ""} says ${matched} of ${named.length} Services`];
  });
}
