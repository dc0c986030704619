import { setTimeout as sleep } from "node:timers/promises";
import { Log } from "pepr";
import { ApiError } from "../cluster/api";
import { applyCrd } from "../cluster/critical-services";
import { criticalServices } from "../cluster/collections";
import type { Informers } from "./informers";
import { retryDelay } from "./work-queue";

const BACKOFF = { baseMs: 500, maxMs: 10_000 };
const log = Log.child({ component: "startup" });

/**
 * Makes sure that the cluster serves CriticalServices, which are listed next. Tries for as long as it
 * takes.
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

/** Lists all there is, as often as it takes: what a watch tells later is put on top of that. */
export async function learnAll(informers: Informers): Promise<void> {
  await untilTrue("Listing all there is", async () => {
    await informers.begin();
    return true;
  });
}

async function isServed(): Promise<boolean> {
  await criticalServices.list();
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
