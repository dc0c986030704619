import { fallbackBreaches } from "../../../hack/invariants/fallbacks";
import { hastyRetries } from "../../../hack/invariants/retries";
import { note } from "./diary";
import type { History } from "./history";
import type { Sent } from "./requests";
import { falseStatuses } from "./statuses";
import { inOwnTime, pass } from "./time";
import { World } from "./world";

const QUIET_MS = 300_000;
/** With its half of chance, the longest backoff of a Service is at least so long. */
const LONGEST_BACKOFF_MS = 15_000;
const OUTAGE_MS = 30_000;
/** Three Services may read one PodTemplate, six times each with their backoff, six for an event. */
const RETRIES = { count: 36, windowMs: OUTAGE_MS };

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
    await world.comeToRest();
    const atRest = whatIsWrong(world);
    const unrest = await unrestOf(world);
    const hasty = await sufferOutage(world, history.outage);
    await world.comeToRest();
    const atEnd = whatIsWrong(world).map(what => `after an outage, ${what}`);
    return [...world.reaches.breaches, ...atRest, ...unrest, ...hasty, ...atEnd];
  });
}

function whatIsWrong(world: World): string[] {
  const breaches = fallbackBreaches(world.snapshot)
    .filter(({ subject }) => !world.isRefused(subject))
    .map(({ subject, what }) => `${subject} ${what}`);
  return [...breaches, ...falseStatuses(world.snapshot)];
}

/** What the operators go on doing though nothing happens. */
async function unrestOf(world: World): Promise<string[]> {
  const sent = await sentWithin(world, QUIET_MS);
  const needless = sent.filter(one => !isExcused(one, world)).map(({ what }) => `at rest: ${what}`);
  const most = QUIET_MS / LONGEST_BACKOFF_MS + 1;
  const limit = { count: most, windowMs: QUIET_MS };
  return [...needless.slice(0, 3), ...tooOften(sent.filter(isWrite), limit)];
}

/** While every request fails, each is tried again, but never without a pause. */
async function sufferOutage(world: World, { fault, step }: History["outage"]): Promise<string[]> {
  note("OUTAGE", fault, step);
  world.breakDown(fault);
  world.take(step);
  return tooOften(await sentWithin(world, OUTAGE_MS), RETRIES);
}

function tooOften(sent: readonly By[], limit: { count: number; windowMs: number }): string[] {
  const failed = sent.map(({ at, by, what }) => ({
    ...{ at, client: `operator ${by}`, path: what },
    method: "sent",
  }));
  return hastyRetries(failed, limit).map(({ subject, what }) => `${subject} ${what}`);
}

type By = Sent & { readonly by: number };

/** What is sent in a time that passes. */
async function sentWithin(world: World, ms: number): Promise<By[]> {
  const counts = world.processes.map(({ requests }) => requests.sent.length);
  await pass(ms);
  return world.processes.flatMap(({ requests }, by) =>
    requests.sent.slice(counts[by]).map(sent => ({ ...sent, by })),
  );
}

function isWrite({ what }: Sent): boolean {
  return !what.startsWith("get ");
}

/**
 * What an operator goes on asking for at rest: the ConfigMap of a page, which no watch tells of, and
 * what people have to put right.
 */
function isExcused({ what }: Sent, world: World): boolean {
  const isBlocked = world.taken.length > 0 || world.snapshot.services.some(isRefused(world));
  return (
    what.startsWith("get ConfigMap") ||
    (what.startsWith("get PodTemplate") && isBlocked) ||
    world.taken.some(name => what === `create ${name}` || what === `get ${name}`)
  );
}

function isRefused(world: World) {
  return ({ metadata }: { metadata?: { namespace?: string; name?: string } }) =>
    world.isRefused(`${metadata?.namespace}/${metadata?.name}`);
}
