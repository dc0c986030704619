import { fallbackTemplate } from "../pods";
import { Poller } from "../poller";
import { createPod, deletePod } from "./pods";
import type { Quiet } from "./quiet";
import type { Floor } from "./results";
import { untilSettled } from "./round";
import type { Stage } from "./stage";

const TIMEOUT_MS = 90_000;
const NAME = "bare";

/** Measures what a standby is compared with, under the load of the same client. */
export async function measureFloor(stage: Stage, quiet: Quiet): Promise<Floor> {
  const client = new Poller(stage.url);
  try {
    await untilSettled(stage, client, quiet);
    const startMs = await measureStart(stage);
    await untilSettled(stage, client, quiet);
    const crashMs = await measureCrash(stage);
    await stage.replaceRealPod();
    return { startMs, crashMs };
  } finally {
    await client.stop();
  }
}

/** From the creation of a Pod with the fallback's spec until it is Ready, both as a watch has it. */
async function measureStart(stage: Stage): Promise<number> {
  const { name: namespace, world } = stage;
  const { spec } = fallbackTemplate(namespace).template;
  const created = world
    .until("the bare Pod is there", () => world.pods.has(NAME), TIMEOUT_MS)
    .then(() => Date.now());
  const pod = { metadata: { namespace, name: NAME }, spec };
  const [begin] = await Promise.all([created, createPod(pod)]);
  await world.until("the bare Pod is Ready", () => stage.isPodReady(NAME), TIMEOUT_MS);
  const startMs = Date.now() - begin;
  await deletePod(namespace, NAME, true);
  return startMs;
}

/** From the crash until the kubelet has reported it, as a watch has it. */
async function measureCrash(stage: Stage): Promise<number> {
  const reported = (): boolean => !stage.isPodReady(stage.realPod);
  await stage.crash();
  const begin = Date.now();
  await stage.world.until("the crash is reported", reported, TIMEOUT_MS);
  return Date.now() - begin;
}
