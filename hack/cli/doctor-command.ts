import { connect, type ConnectionOptions } from "./connection";
import { podTemplateCheck, fallbackPodCheck } from "./doctor/content";
import { crdCheck } from "./doctor/crd";
import { criticalServiceCheck } from "./doctor/critical-services";
import { configurationCheck, deploymentChecks } from "./doctor/deployments";
import { runCheck, type Check, type Finding } from "./doctor/finding";
import { permissionCheck } from "./doctor/permissions";
import { serverCheck } from "./doctor/server";
import { admissionTrialCheck, webhookCheck } from "./doctor/webhooks";
import { EXIT, type ExitCode } from "./outcome";
import { printable, printJson, printText, type OutputOptions } from "./output";
import { stylerFor, type Styler } from "./style";

export type DoctorOptions = ConnectionOptions & OutputOptions;

/** In the order in which one depends on the other. */
const CHECKS: readonly Check[] = [
  crdCheck,
  ...deploymentChecks,
  configurationCheck,
  permissionCheck,
  webhookCheck,
  admissionTrialCheck,
  podTemplateCheck,
  criticalServiceCheck,
  fallbackPodCheck,
];

/** `critsvc doctor`. @throws {UserError} */
export async function doctor(options: DoctorOptions): Promise<ExitCode> {
  connect(options);
  const findings = await examine();
  if (options.output === "json") {
    printJson({ findings });
  } else {
    printText(findingsText(findings, stylerFor(process.stdout)));
  }
  return findings.some(({ result }) => result === "fail") ? EXIT.amiss : EXIT.ok;
}

/** Without an API server there is nothing else to look at. */
async function examine(): Promise<Finding[]> {
  const server = await runCheck(serverCheck);
  if (server.some(({ result }) => result === "fail")) {
    return server;
  }
  return [...server, ...(await Promise.all(CHECKS.map(runCheck))).flat()];
}

const COLOURS = { ok: "green", warn: "yellow", fail: "red" } as const;

/** The findings for people: a line each, and below it what to do. */
export function findingsText(findings: readonly Finding[], style: Styler): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, result, message, fix }) => [
    `${style(COLOURS[result], result.padEnd(4))}  ${check.padEnd(width)}  ${printable(message)}`,
    ...(fix === undefined ? [] : [`${" ".repeat(8 + width)}→ ${printable(fix)}`]),
  ]);
  return lines.map(line => `${line}\n`).join("");
}
