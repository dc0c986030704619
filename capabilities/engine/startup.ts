import { setTimeout as sleep } from "node:timers/promises";
import { Log } from "pepr";
import { ApiError } from "../cluster/api";
import { applyCrd } from "../cluster/critical-services";
import { listCriticalServices } from "../cluster/lists";
import type { Operator } from "./operator";
import { retryDelay } from "./work-queue";

const BACKOFF = { baseMs: 500, maxMs: 10_000 };
const log = Log.child({ component: "startup" });

/**
 * Makes sure that the cluster serves CriticalServices: the watches come after it, since the client
 * gives a watch up after five refusals. Tries for as long as it takes.
 */
export async function installCrd(): Promise<void> {
  await untilTrue("Waiting for the API server", async () => {
    try {
      return await applyCrd();
    } catch (error) {
      if (error instanceof ApiError && error.status === 403) {
        log.warn({ err: error }, "The CRD has to be applied by somebody else");
        return isServed();
      }
      throw error;
    }
  });
}

/**
 * Tells the operator if there is no CriticalService at all. It waits for the first one before it
 * removes anything, and in an empty cluster no event would ever say that there is none.
 */
export async function confirmCriticalServices(operator: Operator): Promise<void> {
  await untilTrue("Waiting for the CriticalServices", async () => {
    if (!operator.knowsCriticalServices && (await listCriticalServices()).items.length === 0) {
      operator.noCriticalService();
    }
    return operator.knowsCriticalServices;
  });
}

async function isServed(): Promise<boolean> {
  await listCriticalServices();
  return true;
}

async function untilTrue(what: string, attempt: () => Promise<boolean>): Promise<void> {
  for (let failures = 1; ; failures++) {
    const outcome = await attempt().catch((error: unknown) => told(what, error));
    if (outcome === true) {
      return;
    }
    await sleep(retryDelay(BACKOFF, failures, outcome));
  }
}

function told(what: string, error: unknown): unknown {
  if (error instanceof ApiError) {
    log.warn(`${what}: ${error.message}`);
  } else {
    log.error({ err: error }, what);
  }
  return error;
}
