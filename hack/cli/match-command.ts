import { clusterApi } from "../../capabilities/cluster";
import { ApiError } from "../../capabilities/cluster/api";
import type { Config } from "../../capabilities/domain/config";
import { templateId } from "../../capabilities/domain/content-source";
import type { Decision } from "../../capabilities/domain/decide";
import { FallbackContent, type ContentReader } from "../../capabilities/engine/fallback-content";
import { dryRunCriticalService, getPodTemplate } from "./cluster-api";
import { connect, type ConnectionOptions } from "./connection";
import type { AnsweredPort } from "./fallback-plan";
import { readManifests, type Manifests, type Written } from "./manifests";
import { matchServices, type MatchedService } from "./match";
import { operatorConfig } from "./operator-config";
import { EXIT, type ExitCode } from "./outcome";
import { complain, note, printJson, printText, warn, type OutputOptions } from "./output";
import { takePicture, viewOf, type Picture } from "./picture";
import { stylerFor, type Styler } from "./style";
import { table } from "./table";

export interface MatchOptions extends ConnectionOptions, OutputOptions {
  readonly filename: string;
}

/** What the API server says to the CriticalService, without keeping it. */
interface Admission {
  readonly verdict: "accepted" | "refused" | "unknown";
  readonly reason?: string;
}

interface MatchReport {
  readonly criticalService: string;
  readonly admission: Admission;
  readonly services: readonly MatchedService[];
}

type Valid = Extract<Written, { spec: object }>;

/** `critsvc match`. @throws {UserError | ApiError} */
export async function match(options: MatchOptions): Promise<ExitCode> {
  const manifests = readManifests(options.filename);
  const valid = manifests.criticalServices.filter((one): one is Valid => one.spec !== undefined);
  if (valid.length < manifests.criticalServices.length) {
    refuse(manifests.criticalServices, options);
    return EXIT.amiss;
  }
  connect(options);
  const { config, assumed } = await operatorConfig();
  if (assumed !== undefined) {
    note(`The operator's configuration is taken to be the default one: ${assumed}`);
  }
  const reports = await reportAll(valid, manifests, config);
  if (options.output === "json") {
    printJson({ criticalServices: reports });
  } else {
    reports.forEach(printReport);
  }
  return reports.some(isAmiss) ? EXIT.amiss : EXIT.ok;
}

function refuse(written: readonly Written[], { output }: MatchOptions): void {
  if (output === "json") {
    printJson({
      criticalServices: written.map(({ name, problems = [] }) => ({
        criticalService: name,
        problems,
      })),
    });
    return;
  }
  for (const { name, problems = [] } of written) {
    problems.forEach(problem => {
      complain(`CriticalService ${name}: ${problem}`);
    });
  }
}

async function reportAll(
  written: readonly Valid[],
  manifests: Manifests,
  config: Config,
): Promise<MatchReport[]> {
  const picture = withThese(written, await takePicture(commonNamespace(written)));
  const content = new FallbackContent(readerOf(manifests), config);
  const parts = { view: viewOf(picture), content, config };
  return Promise.all(
    written.map(async ({ name, object, spec }) => ({
      criticalService: name,
      admission: await tryOut(name, object.spec),
      services: await matchServices(spec, picture, parts),
    })),
  );
}

/** Reads each PodTemplate once, and ConfigMaps from the manifests first. */
function readerOf(manifests: Manifests): ContentReader {
  const templates = new Map<string, ReturnType<typeof getPodTemplate>>();
  return {
    getPodTemplate: (namespace, name) => {
      const id = templateId({ namespace, name });
      const template = templates.get(id) ?? getPodTemplate(namespace, name);
      templates.set(id, template);
      return template;
    },
    getConfigMapValue: async (namespace, name, key) =>
      manifests.configMapValue(namespace, name, key) ??
      (await clusterApi.getConfigMapValue(namespace, name, key)),
  };
}

/** All namespaces, unless the CriticalServices are about the same one. */
function commonNamespace(written: readonly Valid[]): string | undefined {
  const namespaces = new Set(written.map(({ spec }) => spec.namespace ?? ""));
  const [first] = namespaces;
  return namespaces.size === 1 && first ? first : undefined;
}

/** The picture as if they had been applied. */
function withThese(written: readonly Valid[], picture: Picture): Picture {
  const names = written.map(({ name }) => name);
  const others = (picture.criticalServices ?? []).filter(
    ({ metadata }) => !names.includes(metadata?.name ?? ""),
  );
  return { ...picture, criticalServices: [...others, ...written.map(({ object }) => object)] };
}

async function tryOut(name: string, spec: unknown): Promise<Admission> {
  try {
    await dryRunCriticalService(name, spec);
    return { verdict: "accepted" };
  } catch (error) {
    if (error instanceof ApiError && error.isRefusal) {
      return { verdict: isVerdict(error) ? "refused" : "unknown", reason: error.message };
    }
    throw error;
  }
}

/** Whether the object was judged, and not the one who asks: who may not write may not try either. */
function isVerdict({ status, message }: ApiError): boolean {
  const isAboutUser = status === 401 || (status === 403 && /User .* cannot /.test(message));
  return !isAboutUser && status !== 404;
}

function isAmiss({ admission, services }: MatchReport): boolean {
  return admission.verdict === "refused" || services.some(({ obstacle }) => obstacle !== undefined);
}

function printReport({ criticalService, admission, services }: MatchReport): void {
  const about = `CriticalService ${criticalService}`;
  if (admission.verdict === "accepted") {
    printText(`The API server accepts ${about} (it was not kept).\n`);
  } else if (admission.verdict === "unknown") {
    warn(`${about}: whether the API server accepts it is not known: ${admission.reason ?? ""}`);
  } else {
    complain(`${about} is refused: ${admission.reason ?? ""}`);
  }
  if (services.length === 0) {
    warn(`${about} names no Service that is there now`);
    return;
  }
  printText(`It names ${services.length} Service(s):\n\n`);
  printText(`${matchTable(services, criticalService, stylerFor(process.stdout))}\n`);
  for (const { namespace, name, obstacle, warnings } of services) {
    const text = `Service ${namespace}/${name}`;
    if (obstacle !== undefined) {
      complain(`${text} would get no fallback: ${obstacle}`);
    }
    warnings.forEach(warning => {
      warn(`${text}: ${warning}`);
    });
  }
}

const AT_ONCE = {
  nothing: "nothing",
  keep: "the fallback Pod stays",
  start: "a fallback Pod starts",
  remove: "the fallback Pod goes",
  replace: "another fallback Pod goes",
  publish: "the standby endpoint changes",
  withdraw: "the standby endpoint goes",
} as const;

function atOnce({ action, reason }: Pick<Decision, "action" | "reason">): string {
  return action === "wait" ? reason : AT_ONCE[action];
}

/** The Services that `criticalService` would name, for people. */
export function matchTable(
  services: readonly MatchedService[],
  criticalService: string,
  style: Styler,
): string {
  const head = ["NAMESPACE", "SERVICE", "LAME", "STANDBY", "PORTS", "AT ONCE", "FALLBACK RUNS"];
  const rows = services.map(({ namespace, name, lame, standby, fallback, next, ...rest }) => [
    { text: namespace },
    { text: name },
    { text: yesNo(lame), style: (text: string) => (lame ? style("yellow", text) : text) },
    { text: standby ?? "-" },
    { text: fallback ? fallback.ports.map(portWords).join(",") : "-" },
    { text: next ? atOnce(next) : "-" },
    { text: runs(fallback, criticalService) ?? outcome(rest) },
  ]);
  return table(head, rows);
}

function runs(fallback: MatchedService["fallback"], asker: string): string | undefined {
  if (!fallback) {
    return undefined;
  }
  const other = fallback.saidBy !== undefined && fallback.saidBy !== asker;
  return other ? `${fallback.runs}, as CriticalService ${fallback.saidBy} says` : fallback.runs;
}

function outcome({ leftOut, obstacle }: Pick<MatchedService, "leftOut" | "obstacle">): string {
  if (leftOut !== undefined) {
    return `none: ${leftOut}`;
  }
  return obstacle === undefined ? "not known, see below" : "none, see below";
}

function yesNo(lame: boolean | undefined): string {
  return lame === undefined ? "-" : lame ? "yes" : "no";
}

function portWords({ port, protocol, containerPort }: AnsweredPort): string {
  const suffix = protocol === "TCP" ? "" : `/${protocol}`;
  return `${port}${suffix}→${containerPort}`;
}
