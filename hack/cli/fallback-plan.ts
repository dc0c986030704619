import type { ContentSource } from "../../capabilities/domain/content-source";
import { PAGE_HASH_ANNOTATION } from "../../capabilities/domain/page/pod";
import { leftOutReason } from "../../capabilities/domain/page/ports";
import { DEFAULT_PAGE, type PageSpec } from "../../capabilities/domain/page/spec";
import { utf8Bytes } from "../../capabilities/domain/page/text";
import type { ServiceRecord } from "../../capabilities/domain/service";
import { portsOfStandby } from "../../capabilities/domain/standby-ports";
import type { FallbackTemplate } from "../../capabilities/cluster/pod-templates";

/** What a fallback Pod would run. */
export interface FallbackPlan {
  /** In a few words: which page, or which PodTemplate. */
  readonly runs: string;
  /** The CriticalService that says so; left out if none does. */
  readonly saidBy?: string;
  readonly images: readonly string[];
  /** The Service's ports that it answers on. */
  readonly ports: readonly AnsweredPort[];
}

/** A port of the Service, and where the fallback Pod listens for it. */
export interface AnsweredPort {
  readonly port: number;
  readonly protocol: string;
  readonly containerPort: number;
}

/** Puts into words what a fallback Pod of this template would do for the Service. */
export function planOf(
  source: ContentSource,
  service: ServiceRecord,
  template: FallbackTemplate,
  saidBy?: string,
): FallbackPlan {
  const isPage = template.metadata?.annotations?.[PAGE_HASH_ANNOTATION] !== undefined;
  return {
    runs: wordsFor(source, isPage),
    ...(saidBy !== undefined && { saidBy }),
    images: template.spec.containers.flatMap(({ image }) => image ?? []),
    ports: answeredPorts(service, template, isPage),
  };
}

function wordsFor(source: ContentSource, isPage: boolean): string {
  switch (source.kind) {
    case "podTemplate":
      return `PodTemplate ${source.namespace}/${source.name}`;
    case "page":
      return pageWords(source.page);
    case "default":
      return isPage ? `built-in ${pageWords(DEFAULT_PAGE)}` : "the operator's PodTemplate";
  }
}

/** Which page it is, and with which status it is served. */
export function pageWords({ statusCode, lang, title, html, configMap }: PageSpec): string {
  if (html !== undefined) {
    return `page (${statusCode}) of ${utf8Bytes(html)} bytes`;
  }
  if (configMap) {
    return `page (${statusCode}) of ConfigMap ${configMap.name}, ${configMap.key}`;
  }
  return `page (${statusCode}, ${lang})${title === undefined ? "" : ` "${title}"`}`;
}

function answeredPorts(
  { ports }: ServiceRecord,
  { spec }: FallbackTemplate,
  isPage: boolean,
): AnsweredPort[] {
  const declared = { ports: spec.containers.flatMap(container => container.ports ?? []) };
  return ports
    .filter(port => !isPage || leftOutReason(port) === undefined)
    .flatMap(port =>
      // One by one, as what comes back has the Pod's number in the place of the Service's.
      portsOfStandby({ ports: [port] }, declared).map(({ port: containerPort, protocol }) => ({
        port: port.port,
        protocol,
        containerPort,
      })),
    );
}
