import { join } from "node:path";
import { parseArgs } from "node:util";
import { startControlPlane } from "../control-plane";
import { freePort } from "../control-plane/ports";
import { installModule } from "../installation";
import { Kubectl } from "../kubectl";
import { buildModule } from "../module";
import { AuditLog } from "../audit-log";
import { playRound, type Parts, type RoundResult } from "./campaign";
import { Checker } from "./checker";
import { ClusterApi } from "./cluster-api";
import { perform } from "./actions";
import { NAMESPACES, planCampaign, PRELUDE, type Round } from "./plan";
import { reportTable } from "./report";
import { ENVIRONMENT, LIMIT_MS, LIMITS } from "./settings";
import { Stage } from "./stage";
import { World } from "./world";

const USAGE = `Usage: npm run chaos -- [--rounds N] [--seed S]

Plays random things in a Kubernetes API while something is wrong with it, with the network before
it or with the operator, and checks after each round that the operator has kept what it promises.
The status is 1 if it has not.

  --rounds N   how many rounds; default 200
  --seed S     what makes the rounds: the same seed makes the same ones; default: a random one
  --help       print this`;

interface Arguments {
  readonly rounds: number;
  readonly seed: number;
}

function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "200" },
      seed: { type: "string", default: String(Math.trunc(Math.random() * 2 ** 31)) },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    process.exit(0);
  }
  return {
    rounds: wholeNumber("--rounds", values.rounds),
    seed: wholeNumber("--seed", values.seed),
  };
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d+$/.test(text)) {
    throw new Error(`${option} is ${JSON.stringify(text)}: give a whole number`);
  }
  return Number(text);
}

function print(line: string): void {
  console.log(line);
}

async function run({ rounds, seed }: Arguments): Promise<boolean> {
  print(`${rounds} rounds of seed ${seed}`);
  const module = await buildModule();
  const controlPlane = await startControlPlane({
    audit: true,
    keepControllers: true,
    progress: print,
  });
  const { api: client, kubeconfig: admin, binDir, dir, auditLog = "" } = controlPlane;
  const kubectl = new Kubectl(join(binDir, "kubectl"), admin);
  // Nobody listens there: the webhooks are down, as they may well be on a bad day.
  const kubeconfig = await installModule(kubectl, module, { port: await freePort(), dir });
  const namespaces = NAMESPACES.map(name => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name },
  }));
  await kubectl.apply(...namespaces);
  const stage = new Stage({ controlPlane, module, kubeconfig, env: ENVIRONMENT });
  const world = new World(client);
  try {
    await stage.open();
    const crd = "crd/criticalservices.mycrd.com";
    await kubectl.run(["wait", "--for=create", "--timeout=60s", crd]);
    await kubectl.run(["wait", "--for=condition=Established", "--timeout=60s", crd]);
    await world.start();
    const api = new ClusterApi(client);
    const audit = new AuditLog(auditLog);
    const checker = new Checker({ world, audit, api, limits: LIMITS });
    const parts = { stage, world, api, checker, limitMs: LIMIT_MS };
    return await play(parts, planCampaign(seed, rounds), seed);
  } finally {
    world.close();
    await stage.close();
    await controlPlane.stop();
  }
}

async function play(parts: Parts, rounds: readonly Round[], seed: number): Promise<boolean> {
  const results: RoundResult[] = [];
  for (const action of PRELUDE) {
    await perform(parts.api, action);
  }
  for (const [index, round] of rounds.entries()) {
    const result = await playRound(parts, round, index + 1);
    results.push(result);
    tell(result, round, parts.stage, seed);
  }
  print(`\n${reportTable(results)}`);
  return results.every(({ breaches }) => breaches.length === 0);
}

function tell(result: RoundResult, round: Round, stage: Stage, seed: number): void {
  const { number, fault, heldAfterMs, fallbacks, standbyWrites } = result;
  const { stalestMs, watches, ended, breaches } = result;
  const notes = [
    `held after ${(heldAfterMs / 1000).toFixed(1)} s`,
    `${fallbacks} fallbacks started`,
    `${standbyWrites} standby endpoints written`,
    ...(stalestMs > 0 ? [`a reason ${Math.round(stalestMs)} ms old`] : []),
    ...(watches > 2 ? [`${watches} watches of one kind`] : []),
    ...(ended > 0 ? [`ended by itself ${ended} times`] : []),
  ];
  print(`${String(number).padStart(4)}  ${fault.padEnd(23)} ${notes.join(", ")}`);
  if (breaches.length > 0) {
    print(`BREACH in round ${number} of seed ${seed}:`);
    breaches.forEach(({ subject, what }) => {
      print(`  ${subject}: ${what}`);
    });
    print(JSON.stringify(round));
    stage.operators.forEach(operator => {
      print(`${operator.name} said last:\n${operator.lastLines()}`);
    });
  }
}

async function main(): Promise<number> {
  try {
    return (await run(readArguments())) ? 0 : 1;
  } catch (error) {
    console.error(error);
    return 2;
  }
}

void main().then(code => process.exit(code));
