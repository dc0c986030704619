import { once } from "node:events";
import { getConfigMapValue } from "../../capabilities/cluster/config-maps";
import { answerTo } from "../../capabilities/domain/page/answer";
import type { Language } from "../../capabilities/domain/page/language";
import { PageError, refuseBadContent } from "../../capabilities/domain/page/pod";
import { DEFAULT_PAGE, type PageSpec } from "../../capabilities/domain/page/spec";
import { missingContent } from "../../capabilities/engine/fallback-content";
import { connect, type ConnectionOptions } from "./connection";
import { pageWords } from "./fallback-plan";
import { readManifests, type Manifests, type Written } from "./manifests";
import { EXIT, UserError, type ExitCode } from "./outcome";
import {
  complain,
  note,
  printable,
  printJson,
  printText,
  warn,
  type OutputOptions,
} from "./output";
import { servePage } from "./page-server";

export interface PreviewOptions extends ConnectionOptions, OutputOptions {
  /** Undefined: the built-in page. */
  readonly filename?: string;
  /** Which CriticalService of the file; undefined: its only one. */
  readonly name?: string;
  readonly namespace?: string;
  readonly lang?: Language;
  readonly port: number;
}

/** What is served. */
interface Shown {
  readonly spec: PageSpec;
  readonly content: string | undefined;
}

/** `critsvc preview`: serves until the process is told to end. @throws {UserError | ApiError} */
export async function preview(options: PreviewOptions): Promise<ExitCode> {
  const shown = await whatToShow(options);
  if (!shown) {
    return EXIT.amiss;
  }
  const server = await servePage(shown.spec, shown.content, options.port);
  tell(shown, server.url, options);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  await server.close();
  return EXIT.ok;
}

async function whatToShow(options: PreviewOptions): Promise<Shown | undefined> {
  if (options.filename === undefined) {
    return { spec: inLanguage(DEFAULT_PAGE, options), content: undefined };
  }
  const manifests = readManifests(options.filename);
  const written = choose(manifests.criticalServices, options);
  if (!written.spec) {
    written.problems.forEach(problem => {
      complain(`CriticalService ${written.name}: ${problem}`);
    });
    return undefined;
  }
  const { page, podTemplate, namespace } = written.spec;
  if (podTemplate) {
    throw new UserError(
      `CriticalService ${written.name}: spec.podTemplate says that the fallback runs PodTemplate ` +
        `${podTemplate.namespace}/${podTemplate.name}: there is no page to show`,
    );
  }
  if (!page) {
    note("It has no spec.page: the operator's PodTemplate is run if there is one, or this page");
  }
  const spec = inLanguage(page ?? DEFAULT_PAGE, options);
  const where = options.namespace ?? (namespace === "" ? undefined : namespace);
  const content = await contentOf(spec, where, manifests, options);
  return refused(spec, content) ? undefined : { spec, content };
}

function choose(written: readonly Written[], { name, filename = "" }: PreviewOptions): Written {
  const [first, ...others] = written.filter(one => name === undefined || one.name === name);
  const names = written.map(one => one.name).join(", ");
  if (!first) {
    throw new UserError(`--name ${name ?? ""}: ${filename} has ${names}`);
  }
  if (others.length > 0) {
    throw new UserError(`${filename} has ${names}: say by --name which one to show`);
  }
  return first;
}

function inLanguage(page: PageSpec, { lang }: PreviewOptions): PageSpec {
  return lang === undefined ? page : { ...page, lang };
}

/** From the file itself, if the ConfigMap is there; from the cluster otherwise. */
async function contentOf(
  { configMap }: PageSpec,
  namespace: string | undefined,
  manifests: Manifests,
  options: PreviewOptions,
): Promise<string | undefined> {
  if (!configMap) {
    return undefined;
  }
  const { name, key } = configMap;
  const inFile = manifests.configMapValue(namespace, name, key);
  if (inFile !== undefined) {
    return inFile;
  }
  if (namespace === undefined) {
    throw new UserError(
      `spec.page.configMap: ConfigMap ${name} is not in the file, and each namespace has its own: ` +
        "say by -n which one's to show",
    );
  }
  connect(options);
  const content = await getConfigMapValue(namespace, name, key);
  if (content === undefined) {
    warn(missingContent(namespace, configMap));
  }
  return content;
}

function refused(spec: PageSpec, content: string | undefined): boolean {
  try {
    refuseBadContent(spec, content);
    return false;
  } catch (error) {
    if (error instanceof PageError) {
      complain(error.message);
      return true;
    }
    throw error;
  }
}

function tell({ spec, content }: Shown, url: string, { output }: PreviewOptions): void {
  const { status, headers } = answerTo(undefined, spec, content);
  if (output === "json") {
    printJson({ url, status, headers });
    return;
  }
  printText(`Showing ${printable(pageWords(spec))} until Ctrl-C:\n\n  ${url}\n\n`);
  printText(`HTTP ${status}\n`);
  printText(headers.map(({ name, value }) => `${name}: ${value}\n`).join(""));
  printText(`\nWhat a program gets: curl -i -H 'Accept: application/json' ${url}\n`);
}
