import { setTimeout as sleep } from "node:timers/promises";
import type { CriticalServiceObject } from "../../../capabilities/domain/critical-service";
import { MODULE_NAMESPACE } from "../../module";
import { WATCHER } from "../operator-config";
import { criticalServicesIfServed } from "../picture";
import { findingsOf, type Check, type Finding } from "./finding";

/** The operator writes a status within some seconds; a new object is given as much. */
const PATIENCE_MS = 10_000;
const PAUSE_MS = 1000;

/** Whether somebody looks after the CriticalServices: that shows in their status. */
export const criticalServiceCheck: Check = {
  name: "CriticalServices",
  run: async () => {
    const deadline = Date.now() + PATIENCE_MS;
    let all = await criticalServicesIfServed();
    while (all?.some(isBehind) && Date.now() < deadline) {
      await sleep(PAUSE_MS);
      all = await criticalServicesIfServed();
    }
    return all
      ? criticalServiceFindings(all)
      : findingsOf("CriticalServices").warn("there can be none", "see the finding on the CRD");
  },
};

/** Whether its status is about another generation, or is not there. */
function isBehind({ metadata, status }: CriticalServiceObject): boolean {
  return status?.observedGeneration !== metadata?.generation;
}

/** What is to be said of the CriticalServices. */
export function criticalServiceFindings(all: readonly CriticalServiceObject[]): Finding[] {
  const { ok, warn, fail } = findingsOf("CriticalServices");
  const behind = all.filter(isBehind).map(nameOf);
  if (behind.length > 0) {
    return [
      fail(
        `nobody looks after ${behind.join(", ")}: the status is not about what the spec says now`,
        `kubectl logs -n ${MODULE_NAMESPACE} deployment/${WATCHER}`,
      ),
    ];
  }
  const troubled = all.flatMap(one =>
    (one.status?.conditions ?? [])
      .filter(({ type, status }) => type === "Degraded" && status === "True")
      .map(({ message }) =>
        warn(`${nameOf(one)}: ${message}`, `kubectl describe crisvc ${nameOf(one)}`),
      ),
  );
  const well = all.length - troubled.length;
  return [ok(`${well} of ${all.length} are looked after, and nothing is amiss`), ...troubled];
}

function nameOf({ metadata }: CriticalServiceObject): string {
  return metadata?.name ?? "";
}
