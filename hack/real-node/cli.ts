import { AUDIT_LOG_FILE, down, KUBECONFIG, loadImage, up, whyNot } from ".";

const USAGE = `Usage: npx tsx hack/real-node/cli.ts COMMAND

A Kubernetes of one node whose Pods really run, on Linux with root; no container engine and no
container registry is needed.

  up               start it, or start it anew
  down             remove all of it
  kubeconfig       print the path of the kubeconfig
  audit-log        print the path of kube-apiserver's audit log
  load-image FILE  import an OCI archive
  check            print why this machine can't have one, with status 1; nothing if it can`;

function print(line: string): void {
  console.log(line);
}

async function start(): Promise<void> {
  const begin = Date.now();
  const seconds = (): string => ((Date.now() - begin) / 1000).toFixed(1);
  await up(message => {
    print(`[${seconds()} s] ${message}`);
  });
  print(`ready in ${seconds()} s; from here on:\n\nexport KUBECONFIG=${KUBECONFIG}`);
}

function check(): void {
  const why = whyNot();
  if (why === undefined) return;
  print(why);
  process.exitCode = 1;
}

const COMMANDS: Record<string, (...args: string[]) => Promise<void> | void> = {
  up: start,
  down,
  kubeconfig: () => {
    print(KUBECONFIG);
  },
  "audit-log": () => {
    print(AUDIT_LOG_FILE);
  },
  "load-image": loadImage,
  check,
};

async function main([command = "", ...args]: string[]): Promise<void> {
  const run = COMMANDS[command];
  if (run === undefined || args.length !== (command === "load-image" ? 1 : 0)) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  await run(...args);
}

/** The message of an error, followed by those of its causes. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\n${explain(error.cause)}`;
  return error.message + cause;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(explain(error));
  process.exitCode = 1;
});
