import { basename } from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { ApiError } from "../../capabilities/cluster/api";
import { LANGUAGES } from "../../capabilities/domain/page/language";
import packageJson from "../../package.json";
import { doctor, type DoctorOptions } from "./doctor-command";
import { lame, type LameOptions } from "./lame-command";
import { match, type MatchOptions } from "./match-command";
import { EXIT, UserError, type ExitCode } from "./outcome";
import { complain, OUTPUTS } from "./output";
import { preview, type PreviewOptions } from "./preview-command";

const EXIT_STATUS = `
Exit status: 0 nothing is amiss, 1 something is, 2 there is no answer.`;

/**
 * Runs the command.
 *
 * @param argv as in `process.argv`
 * @returns the exit status
 */
export async function run(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = buildProgram(nameOf(argv[1] ?? ""), action => async options => {
    code = await action(options);
  });
  try {
    await program.parseAsync(argv);
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      // It has printed what is wrong, or the help that was asked for.
      return error.exitCode === 0 ? EXIT.ok : EXIT.failed;
    }
    if (isExpected(error)) {
      complain(error.message);
    } else {
      complain("this should not have happened, please report it:");
      console.error(error);
    }
    return EXIT.failed;
  }
}

function isExpected(error: unknown): error is Error {
  return error instanceof UserError || error instanceof ApiError;
}

/** kubectl runs `kubectl-critsvc` from the PATH for `kubectl critsvc`. */
function nameOf(script: string): string {
  return basename(script).startsWith("kubectl-") ? "kubectl critsvc" : "critsvc";
}

/** An action of a subcommand, with its options typed as they were declared. */
type Wrap = <Options>(
  action: (options: Options) => Promise<ExitCode>,
) => (options: Options) => Promise<void>;

function buildProgram(name: string, wrap: Wrap): Command {
  const program = new Command(name)
    .description("Lame Services, and what the CriticalService operator does about them.")
    .version(packageJson.version)
    .showHelpAfterError(`See ${name} --help`)
    .exitOverride()
    .addHelpText("after", EXIT_STATUS);
  addLame(program, name, wrap);
  addMatch(program, name, wrap);
  addPreview(program, name, wrap);
  addDoctor(program, name, wrap);
  return program;
}

function addLame(program: Command, name: string, wrap: Wrap): void {
  const command = program
    .command("lame")
    .description("list the Services without a Ready Pod, why, and who answers instead")
    .option("-n, --namespace <name>", "of this namespace only")
    .addHelpText(
      "after",
      `
FALLBACK: Active, its fallback answers; Starting, it does not yet; Waiting, it is too early for it;
Blocked, somebody has to act; None, no CriticalService names the Service. SINCE: for how long it has
been so, as the operator tells.

Examples:
  ${name} lame
  ${name} lame -n shop -o json

Exit status: 0 no Service is lame, 1 some are, 2 there is no answer.`,
    );
  common(command).action(wrap<LameOptions>(lame));
}

function addMatch(program: Command, name: string, wrap: Wrap): void {
  const command = program
    .command("match")
    .description("tell what a CriticalService would do, before it is applied")
    .requiredOption("-f, --filename <file>", "with CriticalServices, in YAML or JSON; - for stdin")
    .addHelpText(
      "after",
      `
Lists the Services that it would name, what their fallback would run and on which ports, and what
would keep them from it. The API server is asked as with kubectl --dry-run=server: nothing is kept.
ConfigMaps of the same file count as applied.

Examples:
  ${name} match -f critical-service.yaml
  kubectl get crisvc frontend -o yaml | ${name} match -f -

Exit status: 0 it would work, 1 it would be refused or a Service would get no fallback, 2 there is
no answer.`,
    );
  common(command).action(wrap<MatchOptions>(match));
}

function addPreview(program: Command, name: string, wrap: Wrap): void {
  const command = program
    .command("preview")
    .description("serve the page of a CriticalService on this machine, for a browser")
    .option("-f, --filename <file>", "with CriticalServices; without it, the built-in page")
    .option("--name <name>", "which CriticalService of the file")
    .option("-n, --namespace <name>", "whose ConfigMap to show, if the file does not say")
    .addOption(
      new Option("--lang <tag>", "show the default page in this language").choices(LANGUAGES),
    )
    .option("--port <number>", "on this port; 0: any that is free", portNumber, 0)
    .addHelpText(
      "after",
      `
The page is answered as the fallback Pod answers: the same status, headers and body, and problem
details for a client that prefers JSON. The cluster is asked for nothing but a page's ConfigMap.

Examples:
  ${name} preview -f critical-service.yaml
  ${name} preview --lang de
  kubectl get crisvc frontend -o yaml | ${name} preview -f - --port 8080
${EXIT_STATUS}`,
    );
  common(command).action(wrap<PreviewOptions>(preview));
}

function addDoctor(program: Command, name: string, wrap: Wrap): void {
  const command = program
    .command("doctor")
    .description("check the operator: what runs, what it may do, what it looks after")
    .addHelpText(
      "after",
      `
Each check is ok, warn or fail, and says what to do. It changes nothing.

Examples:
  ${name} doctor
  ${name} doctor --context production -o json

Exit status: 0 no check failed, 1 one did, 2 there is no answer.`,
    );
  common(command).action(wrap<DoctorOptions>(doctor));
}

/** The options that all have, by kubectl's names. */
function common(command: Command): Command {
  return command
    .option("--kubeconfig <file>", "instead of KUBECONFIG or ~/.kube/config")
    .option("--context <name>", "of the kubeconfig, instead of its current one")
    .addOption(
      new Option("-o, --output <format>", "text for people, json for programs")
        .choices(OUTPUTS)
        .default("text"),
    );
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgumentError("It takes a number from 0 to 65535.");
  }
  return port;
}
