import type { ClusterApi } from "../cluster";
import type { FallbackTemplate } from "../cluster/pod-templates";
import type { Config } from "../domain/config";
import { templateId, type ContentSource, type TemplateName } from "../domain/content-source";
import type { Standby } from "../domain/critical-service";
import { POD_TEMPLATE_ANNOTATION, type FallbackPod } from "../domain/fallback-pod";
import { asStranger, borrowedFields } from "../domain/foreign-template";
import { splitServiceKey, type ServiceKey } from "../domain/kubernetes";
import { firstOf } from "../domain/message";
import { PAGE_HASH_ANNOTATION, PageError, pagePodTemplate } from "../domain/page/pod";
import { pagePorts } from "../domain/page/ports";
import { DEFAULT_PAGE, type PageSpec } from "../domain/page/spec";
import { privilegedFields } from "../domain/privileges";
import type { ServiceRecord } from "../domain/service";
import { Obstacle } from "./obstacle";

/** Ports that a page leaves out and that are named: a Service may have thousands. */
const MAX_PORTS_NAMED = 10;

/** Where what a fallback Pod is to run is read. */
export interface ContentReader extends Pick<ClusterApi, "getConfigMapValue"> {
  /** @returns undefined if there is no such PodTemplate, or it has no Pod spec */
  readonly getPodTemplate: (
    namespace: string,
    name: string,
  ) => Promise<FallbackTemplate | undefined>;
}

/** Finds out what a fallback Pod is to run. */
export class FallbackContent {
  readonly #reader: ContentReader;
  readonly #config: Config;
  /** Services whose ConfigMap was not there when it was read last, with the words for it. */
  readonly #missing = new Map<ServiceKey, string>();
  /** Services that got the built-in page, as there was no PodTemplate. */
  readonly #builtIn = new Set<ServiceKey>();
  /** The privileged fields of each PodTemplate: a failover does not wait until it is gone through. */
  readonly #powerful = new WeakMap<FallbackTemplate, readonly string[]>();

  constructor(reader: ContentReader, config: Config) {
    this.#reader = reader;
    this.#config = config;
  }

  /** What the fallback can't do, as far as it is known by now: a sentence each. */
  warnings(
    key: ServiceKey,
    service: ServiceRecord,
    source: ContentSource,
    fallbacks: readonly FallbackPod[],
  ): string[] {
    // A Pod that is there says so itself: it may be another operator's.
    const isBuiltIn =
      fallbacks.length > 0
        ? fallbacks.some(({ content }) => content !== undefined)
        : this.#builtIn.has(key);
    const isPage = source.kind === "page" || (source.kind === "default" && isBuiltIn);
    const leftOut = isPage ? pagePorts(service.ports).leftOut : [];
    const rest = leftOut.length - MAX_PORTS_NAMED;
    const missing = source.kind === "page" && source.page.configMap && this.#missing.get(key);
    return [
      ...leftOut
        .slice(0, MAX_PORTS_NAMED)
        .map(({ port, reason }) => `its page does not serve port ${port}, which ${reason}`),
      ...(rest > 0 ? [`its page does not serve ${rest} more port(s)`] : []),
      ...(missing ? [missing] : []),
    ];
  }

  /** Forgets a Service that is gone. */
  forget(key: ServiceKey): void {
    this.#missing.delete(key);
    this.#builtIn.delete(key);
  }

  /**
   * The template of a Service's fallback Pod.
   *
   * @throws {Obstacle | ApiError} that says what is missing or refused
   */
  async template(
    key: ServiceKey,
    service: ServiceRecord,
    source: ContentSource,
    standby: Standby,
  ): Promise<FallbackTemplate> {
    switch (source.kind) {
      case "podTemplate":
        return this.#namedTemplate(key, source);
      case "page":
        return this.#page(key, service, source.page, standby);
      case "default":
        return (
          (await this.#defaultTemplate(key)) ?? this.#page(key, service, DEFAULT_PAGE, standby)
        );
    }
  }

  /**
   * By what a fallback Pod shows that it runs what it is to run now; undefined if any will do.
   *
   * @throws {Obstacle | ApiError}
   */
  async id(
    key: ServiceKey,
    service: ServiceRecord,
    source: ContentSource,
    standby: Standby,
  ): Promise<string | undefined> {
    switch (source.kind) {
      case "podTemplate":
        return templateId(source);
      case "page":
        return pageHashOf(await this.#page(key, service, source.page, standby));
      case "default":
        return undefined;
    }
  }

  async #namedTemplate(key: ServiceKey, source: TemplateName): Promise<FallbackTemplate> {
    const id = templateId(source);
    const template = await this.#reader.getPodTemplate(source.namespace, source.name);
    if (!template) {
      throw new Obstacle(`spec.podTemplate: there is no PodTemplate ${id}: create it`);
    }
    const admitted = this.#admit(key, source, template);
    const annotations = { ...admitted.metadata?.annotations, [POD_TEMPLATE_ANNOTATION]: id };
    return { ...admitted, metadata: { ...admitted.metadata, annotations } };
  }

  /**
   * What of a PodTemplate that the cluster's admin did not name may run in the Service's namespace.
   *
   * @throws {Obstacle} that names the fields which go too far
   */
  #admit(key: ServiceKey, source: TemplateName, template: FallbackTemplate): FallbackTemplate {
    if (this.#config.allowPrivilegedTemplates) {
      return template;
    }
    const { namespace } = splitServiceKey(key);
    const id = templateId(source);
    const powerful = this.#powerful.get(template) ?? privilegedFields(template);
    this.#powerful.set(template, powerful);
    if (powerful.length > 0) {
      throw new Obstacle(
        `PodTemplate ${id} asks for power over the Node or another service account: remove ` +
          `${firstOf(powerful)}, or set ALLOW_PRIVILEGED_TEMPLATES`,
      );
    }
    if (source.namespace === namespace) {
      return template;
    }
    const borrowed = borrowedFields(template.spec);
    if (borrowed.length > 0) {
      throw new Obstacle(
        `PodTemplate ${id} asks for what is not of its own namespace but of ${namespace}: remove ` +
          `${firstOf(borrowed)}, copy it to ${namespace}, or set ALLOW_PRIVILEGED_TEMPLATES`,
      );
    }
    return asStranger(template);
  }

  /** The one that the environment names is the admin's own word; its default name is not. */
  async #defaultTemplate(key: ServiceKey): Promise<FallbackTemplate | undefined> {
    const source = this.#config.podTemplate;
    const { namespace, name, required } = source;
    const template = await this.#reader.getPodTemplate(namespace, name);
    if (!template && required) {
      throw new Obstacle(
        `PodTemplate ${namespace}/${name} is missing: create it, or set POD_TEMPLATE and ` +
          "POD_TEMPLATE_NS to one that is there; no fallback Pod can start until then",
      );
    }
    if (template) {
      this.#builtIn.delete(key);
    } else {
      this.#builtIn.add(key);
    }
    return template && !required ? this.#admit(key, source, template) : template;
  }

  async #page(
    key: ServiceKey,
    { ports }: ServiceRecord,
    spec: PageSpec,
    standby: Standby,
  ): Promise<FallbackTemplate> {
    const content = await this.#configMapContent(key, spec);
    const isStandby = standby === "Warm";
    try {
      return pagePodTemplate({ ...this.#config.page, spec, ports, standby: isStandby, content });
    } catch (error) {
      if (error instanceof PageError) {
        throw new Obstacle(error.message);
      }
      throw error;
    }
  }

  /** Without it the default page stands in: better that than no answer. */
  async #configMapContent(key: ServiceKey, { configMap }: PageSpec): Promise<string | undefined> {
    if (!configMap) {
      return undefined;
    }
    const { namespace } = splitServiceKey(key);
    const content = await this.#reader.getConfigMapValue(namespace, configMap.name, configMap.key);
    if (content === undefined) {
      this.#missing.set(key, missingContent(namespace, configMap));
    } else {
      this.#missing.delete(key);
    }
    return content;
  }
}

/** What is told of a page's ConfigMap that is not there. */
export function missingContent(
  namespace: string,
  { name, key }: NonNullable<PageSpec["configMap"]>,
): string {
  return (
    `spec.page.configMap: ConfigMap ${namespace}/${name} is not there or has no key ${key}; ` +
    "the default page stands in for it"
  );
}

function pageHashOf({ metadata }: FallbackTemplate): string | undefined {
  return metadata?.annotations?.[PAGE_HASH_ANNOTATION];
}
