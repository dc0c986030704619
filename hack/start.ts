import { parseArgs } from "node:util";
import { followOperator } from "./follow";
import { playScenario } from "./scenario";
import { openEmbedded, openExisting, type Session } from "./session";

const USAGE = `Usage: npm start -- [--once] [--kubeconfig FILE]

Runs the operator against a Kubernetes API, plays the scenario of a Service that loses its Pods, and
then follows what happens until Ctrl-C.

  --once             end after the scenario; the status is 0 if each step happened
  --kubeconfig FILE  use this cluster, and clean up afterwards, instead of the embedded control plane
  --help             print this`;

interface Arguments {
  readonly once: boolean;
  readonly kubeconfig: string | undefined;
}

function readArguments(): Arguments {
  try {
    const { values } = parseArgs({
      options: {
        once: { type: "boolean", default: false },
        kubeconfig: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      print(USAGE);
      process.exit(0);
    }
    return { once: values.once, kubeconfig: values.kubeconfig };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

function print(line: string): void {
  console.log(line);
}

async function run({ once, kubeconfig }: Arguments): Promise<void> {
  const interrupted = new Promise<void>(resolve => {
    for (const signal of ["SIGINT", "SIGTERM"]) {
      process.once(signal, () => {
        resolve();
      });
    }
  });
  const opening = kubeconfig ? openExisting(kubeconfig, print) : openEmbedded(print);
  const session = await Promise.race([opening, interrupted]);
  if (!session) {
    // What was started ends with this process; the first start may be minutes from its end.
    throw new Error("Interrupted");
  }
  try {
    await Promise.race([play(session, once), interrupted]);
    if (!once) {
      await interrupted;
    }
  } finally {
    await session.close();
  }
}

async function play({ kubectl, operator, binDir, timeoutMs }: Session, once: boolean) {
  await playScenario({ kubectl, operator, print, timeoutMs });
  print("\nEach step happened.");
  if (!once) {
    print(`\nTo play on, in another terminal (Ctrl-C here ends it):

  export KUBECONFIG=${kubectl.kubeconfig} PATH=${binDir}:$PATH
  kubectl get crisvc
  kubectl delete pod web -n linux-mag\n`);
    followOperator(operator, print);
  }
}

run(readArguments()).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  },
);
