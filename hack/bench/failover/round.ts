import { until } from "../../control-plane/until";
import { EVERY_MS, Poller, type Sample } from "../poller";
import type { Loss, StandbyMode } from "./kinds";
import { measure } from "./measure";
import { deletePod } from "./pods";
import type { Quiet } from "./quiet";
import type { Answer, Round } from "./results";
import type { Stage } from "./stage";

const TIMEOUT_MS = 90_000;
/** How long a draining program goes on serving: for longer than a fallback takes to start. */
const DRAIN_MS = 5000;
/**
 * Plays one loss and return of the real Pod, with a client that asks all the time.
 *
 * @throws if the Service is not answered by a real Pod before, or not again afterwards
 */
export async function playRound(stage: Stage, cause: Loss, quiet: Quiet): Promise<Round> {
  await stage.ask(cause.endsWith("stopping") ? "/drain/0" : `/drain/${DRAIN_MS}`);
  const client = new Poller(stage.url);
  try {
    const seen = await watchLoss(stage, cause, quiet, client);
    if (cause === "crashing") await stage.replaceRealPod();
    return seen;
  } finally {
    await client.stop();
  }
}

async function watchLoss(stage: Stage, cause: Loss, quiet: Quiet, client: Poller): Promise<Round> {
  await untilSettled(stage, client, quiet);
  const begin = Date.now();
  await strike(stage, cause);
  const covered = await untilTurn(stage, client, begin);
  const turn = Date.now();
  if (cause !== "crashing") await stage.startRealPod();
  await untilSettled(stage, client, quiet);
  await client.stop();
  return {
    mode: stage.mode as StandbyMode,
    cause,
    covered,
    ...measure(client.samples, turn, EVERY_MS),
    timeline: client.samples.map(sample => [sample.at - begin, answerOf(sample), sample.tookMs]),
  };
}

/** Waits until only real Pods answer, and kube-proxy is ready to act on the next change at once. */
export async function untilSettled(stage: Stage, client: Poller, quiet: Quiet): Promise<void> {
  await until(`${stage.name} is answered by its real Pod, and all is quiet`, TIMEOUT_MS, () => {
    const isSettled = stage.isAtRest && quiet.isQuiet && client.sawOnly("real", quiet.wantedMs);
    return Promise.resolve(isSettled);
  });
}

async function strike(stage: Stage, cause: Loss): Promise<void> {
  if (cause === "crashing") return stage.crash();
  await deletePod(stage.name, stage.realPod, cause.startsWith("forced"));
}

/**
 * Waits until the fallback alone answers, or the real Pod is back without it.
 *
 * @returns whether it is the fallback
 */
async function untilTurn(stage: Stage, client: Poller, begin: number): Promise<boolean> {
  let covered = false;
  await until(`the fallback of ${stage.name} answers`, TIMEOUT_MS, () => {
    const [answer, ...others] = client.latest;
    const failed = client.since(begin).some(({ error }) => error !== undefined);
    covered = answer === "fallback" && others.length === 0;
    const backAlready = failed && answer === "real" && others.length === 0;
    return Promise.resolve(covered || backAlready);
  });
  return covered;
}

function answerOf({ answer }: Sample): Answer {
  return answer === "real" || answer === "fallback" ? answer : "none";
}
