import type { Log } from "pepr";
import { getConfigMapValue } from "./cluster/config-maps";
import { getPodTemplate, type PodSpec } from "./cluster/pod-templates";
import type { Config } from "./domain/config";
import type { ContentSource } from "./domain/content-source";
import { POD_TEMPLATE_ANNOTATION } from "./domain/fallback-pod";
import { splitServiceKey, type PodTemplateSpec, type ServiceKey } from "./domain/kubernetes";
import { PAGE_HASH_ANNOTATION, PageError, pagePodTemplate } from "./domain/page/pod";
import { pagePorts } from "./domain/page/ports";
import { DEFAULT_PAGE, type PageSpec } from "./domain/page/spec";
import { privilegedFields } from "./domain/privileges";
import type { ServiceRecord } from "./domain/service";
import { Obstacle } from "./obstacle";

export type FallbackTemplate = PodTemplateSpec<PodSpec> & { spec: PodSpec };

/** Finds out what a fallback Pod is to run. */
export class FallbackContent {
  readonly #config: Config;
  readonly #log: typeof Log;
  /** Services whose ConfigMap was said to be missing. */
  readonly #missing = new Set<ServiceKey>();

  constructor(config: Config, log: typeof Log) {
    this.#config = config;
    this.#log = log;
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
  ): Promise<FallbackTemplate> {
    switch (source.kind) {
      case "podTemplate":
        return this.#namedTemplate(source);
      case "page":
        this.#warnOfLeftOutPorts(key, service);
        return this.#page(key, service, source.page);
      case "default":
        return (await this.#defaultTemplate()) ?? this.#page(key, service, DEFAULT_PAGE);
    }
  }

  #warnOfLeftOutPorts(key: ServiceKey, { ports }: ServiceRecord): void {
    const service = splitServiceKey(key);
    for (const { port, reason } of pagePorts(ports).leftOut) {
      this.#log.warn(
        { service },
        `Service ${service.name} from Namespace ${service.namespace}: the page does not serve ` +
          `port ${port}, which ${reason}`,
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
  ): Promise<string | undefined> {
    switch (source.kind) {
      case "podTemplate":
        return templateId(source);
      case "page":
        return (await this.#page(key, service, source.page)).metadata?.annotations?.[
          PAGE_HASH_ANNOTATION
        ];
      case "default":
        return undefined;
    }
  }

  async #namedTemplate(source: { namespace: string; name: string }): Promise<FallbackTemplate> {
    const id = templateId(source);
    const template = await getPodTemplate(source.namespace, source.name);
    if (!template) {
      throw new Obstacle(`spec.podTemplate: there is no PodTemplate ${id}: create it`);
    }
    const fields = privilegedFields(template.spec);
    if (fields.length > 0 && !this.#config.allowPrivilegedTemplates) {
      throw new Obstacle(
        `spec.podTemplate: PodTemplate ${id} asks for power over the Node or another service ` +
          `account: remove ${fields.join(", ")}, or set ALLOW_PRIVILEGED_TEMPLATES`,
      );
    }
    const annotations = { ...template.metadata?.annotations, [POD_TEMPLATE_ANNOTATION]: id };
    return { ...template, metadata: { ...template.metadata, annotations } };
  }

  async #defaultTemplate(): Promise<FallbackTemplate | undefined> {
    const { namespace, name, required } = this.#config.podTemplate;
    const template = await getPodTemplate(namespace, name);
    if (!template && required) {
      throw new Obstacle(
        `PodTemplate ${namespace}/${name} is missing: create it, or set POD_TEMPLATE and ` +
          "POD_TEMPLATE_NS to one that is there; no fallback Pod can start until then",
      );
    }
    return template;
  }

  async #page(key: ServiceKey, service: ServiceRecord, spec: PageSpec): Promise<FallbackTemplate> {
    const content = await this.#configMapContent(key, spec);
    try {
      return pagePodTemplate({ ...this.#config.page, spec, ports: service.ports, content });
    } catch (error) {
      if (error instanceof PageError) {
        const { namespace, name } = splitServiceKey(key);
        throw new Obstacle(
          `Service ${name} from Namespace ${namespace} gets no page: ${error.message}`,
        );
      }
      throw error;
    }
  }

  /** Without it the default page stands in: better that than no answer. */
  async #configMapContent(key: ServiceKey, { configMap }: PageSpec): Promise<string | undefined> {
    if (!configMap) {
      return undefined;
    }
    const service = splitServiceKey(key);
    const { name, key: entry } = configMap;
    const content = await getConfigMapValue(service.namespace, name, entry);
    if (content !== undefined) {
      this.#missing.delete(key);
    } else if (!this.#missing.has(key)) {
      this.#missing.add(key);
      this.#log.warn(
        { service },
        `spec.page.configMap: ConfigMap ${service.namespace}/${name} is not there or has no key ` +
          `${entry}; the default page stands in for it`,
      );
    }
    return content;
  }
}

function templateId({ namespace, name }: { namespace: string; name: string }): string {
  return `${namespace}/${name}`;
}
