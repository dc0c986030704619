import { parseArgs } from "node:util";
import { explain } from "../explain";
import { AUDIT_LOG_FILE, down, KUBECONFIG, loadImage, up, whyNot } from ".";

const USAGE = `Usage: npx tsx hack/real-node/cli.ts COMMAND

A Kubernetes of one node whose Pods really run, on Linux with root; no container engine and no
container registry is needed.

  up [--kube-proxy-min-sync DURATION]
                   start it, or start it anew; DURATION, such as 10ms, is the least time from one
                   sync of kube-proxy to the next, 1s by default
  down             remove all of it
  kubeconfig       print the path of the kubeconfig
  audit-log        print the path of kube-apiserver's audit log
  load-image FILE  import an OCI archive
  check            print why this machine can't have one, with status 1; nothing if it can`;

function print(line: string): void {
  console.log(line);
}

async function start(kubeProxyMinSync: string | undefined): Promise<void> {
  const begin = Date.now();
  const seconds = (): string => ((Date.now() - begin) / 1000).toFixed(1);
  const progress = (message: string): void => {
    print(`[${seconds()} s] ${message}`);
  };
  await up(progress, { kubeProxyMinSync });
  print(`ready in ${seconds()} s; from here on:\n\nexport KUBECONFIG=${KUBECONFIG}`);
}

function check(): void {
  const why = whyNot();
  if (why === undefined) return;
  print(why);
  process.exitCode = 1;
}

/** What stands behind the command. */
interface Arguments {
  readonly files: readonly string[];
  readonly minSync: string | undefined;
}

const COMMANDS: Record<string, (given: Arguments) => Promise<void> | void> = {
  up: ({ minSync }) => start(minSync),
  down,
  kubeconfig: () => {
    print(KUBECONFIG);
  },
  "audit-log": () => {
    print(AUDIT_LOG_FILE);
  },
  "load-image": ({ files: [file = ""] }) => loadImage(file),
  check,
};

/**
 * The command, ready to be run.
 *
 * @throws if it is none that the usage shows
 */
function readCommand(): () => Promise<void> | void {
  const options = { "kube-proxy-min-sync": { type: "string" } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [command = "", ...files] = positionals;
  const minSync = values["kube-proxy-min-sync"];
  const run = COMMANDS[command];
  if (run === undefined) throw new Error(`there is no command "${command}"`);
  if (files.length !== (command === "load-image" ? 1 : 0)) {
    throw new Error(`${command} takes ${command === "load-image" ? "one file" : "nothing"}`);
  }
  if (minSync !== undefined && (command !== "up" || !/^([0-9.]+(ms|s|m))+$/.test(minSync))) {
    throw new Error("--kube-proxy-min-sync is a duration such as 10ms, for up");
  }
  return () => run({ files, minSync });
}

async function main(): Promise<void> {
  let command: ReturnType<typeof readCommand>;
  try {
    command = readCommand();
  } catch (error) {
    console.error(`${explain(error)}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  await command();
}

main().catch((error: unknown) => {
  console.error(explain(error));
  process.exitCode = 1;
});
