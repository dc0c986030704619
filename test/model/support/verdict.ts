import { fallbackBreaches } from "../../../hack/invariants/fallbacks";
import { note } from "./diary";
import { hastyCalls } from "./haste";
import type { History } from "./history";
import type { Sent } from "./requests";
import { inOwnTime, pass } from "./time";
import { World } from "./world";
import { falseStatuses } from "./statuses";

const QUIET_MS = 600_000;

/** Plays a history to its end. @returns what was wrong, a sentence each */
export function verdictOn(history: History): Promise<string[]> {
  return inOwnTime(history.seed, async () => {
    const world = new World(history);
    await pass(100);
    for (const { step, ms } of history.steps) {
      note("STEP", step, `then ${ms} ms`);
      world.take(step);
      await pass(ms);
    }
    note("REST");
    await world.comeToRest();
    const breaches = fallbackBreaches(world.snapshot)
      .filter(({ subject }) => !world.isRefused(subject))
      .map(({ subject, what }) => `${subject} ${what}`);
    const statuses = falseStatuses(world.snapshot);
    const count = world.processes.map(({ requests }) => requests.sent.length);
    await pass(QUIET_MS);
    const restless = world.processes.flatMap(({ requests }, index) =>
      requests.sent.slice(count[index]).filter(sent => !isExcused(sent, world)),
    );
    return [
      ...world.reaches.breaches,
      ...breaches,
      ...statuses,
      ...restless.slice(0, 3).map(({ what }) => `at rest: ${what}`),
      ...world.processes.flatMap(({ requests, watches }) =>
        hastyCalls(
          requests.sent,
          watches.flatMap(({ toldAt }) => toldAt),
        ),
      ),
    ];
  });
}

/**
 * What an operator goes on asking for at rest: the ConfigMap of a page, which no watch tells of, and
 * what people have to put right.
 */
function isExcused({ what, outcome }: Sent, world: World): boolean {
  return what.startsWith("get ConfigMap") || outcome === "refused" || isBlocked(what, world);
}

function isBlocked(what: string, world: World): boolean {
  const taken = ["Pod", "EndpointSlice"] as const;
  if (what.startsWith("get PodTemplate")) {
    return !what.includes("linux-mag") || taken.some(kind => squatted(kind, world));
  }
  return taken.some(kind => what.startsWith(`get ${kind} `) && squatted(kind, world));
}

function squatted(kind: "Pod" | "EndpointSlice", { server }: World): boolean {
  return server
    .list(kind)
    .some(({ metadata }) => metadata.name.startsWith("service-watcher-") && !metadata.labels);
}
