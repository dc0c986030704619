import type { ClusterApi } from "../cluster";
import type { PodSpec } from "../cluster/pod-templates";
import type { Config } from "../domain/config";
import type { ContentSource } from "../domain/content-source";
import type { Standby } from "../domain/critical-service";
import { POD_TEMPLATE_ANNOTATION } from "../domain/fallback-pod";
import { splitServiceKey, type PodTemplateSpec, type ServiceKey } from "../domain/kubernetes";
import { PAGE_HASH_ANNOTATION, PageError, pagePodTemplate } from "../domain/page/pod";
import { pagePorts } from "../domain/page/ports";
import { DEFAULT_PAGE, type PageSpec } from "../domain/page/spec";
import { privilegedFields } from "../domain/privileges";
import type { ServiceRecord } from "../domain/service";
import { Obstacle } from "./obstacle";

export type FallbackTemplate = PodTemplateSpec<PodSpec> & { spec: PodSpec };

/** Finds out what a fallback Pod is to run. */
export class FallbackContent {
  readonly #api: ClusterApi;
  readonly #config: Config;
  /** Services whose ConfigMap was not there when it was read last, with the words for it. */
  readonly #missing = new Map<ServiceKey, string>();
  /** Services that got the built-in page, as there was no PodTemplate. */
  readonly #builtIn = new Set<ServiceKey>();

  constructor(api: ClusterApi, config: Config) {
    this.#api = api;
    this.#config = config;
  }

  /** What the fallback can't do, as far as it is known by now: a sentence each. */
  warnings(key: ServiceKey, service: ServiceRecord, source: ContentSource): string[] {
    const isPage = source.kind === "page" || (source.kind === "default" && this.#builtIn.has(key));
    const leftOut = isPage ? pagePorts(service.ports).leftOut : [];
    const missing = source.kind === "page" && source.page.configMap && this.#missing.get(key);
    return [
      ...leftOut.map(({ port, reason }) => `its page does not serve port ${port}, which ${reason}`),
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
        return this.#namedTemplate(source);
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

  async #namedTemplate(source: { namespace: string; name: string }): Promise<FallbackTemplate> {
    const id = templateId(source);
    const template = await this.#api.getPodTemplate(source.namespace, source.name);
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

  async #defaultTemplate(key: ServiceKey): Promise<FallbackTemplate | undefined> {
    const { namespace, name, required } = this.#config.podTemplate;
    const template = await this.#api.getPodTemplate(namespace, name);
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
    return template;
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
    const { name, key: entry } = configMap;
    const content = await this.#api.getConfigMapValue(namespace, name, entry);
    if (content === undefined) {
      this.#missing.set(
        key,
        `spec.page.configMap: ConfigMap ${namespace}/${name} is not there or has no key ${entry}; ` +
          "the default page stands in for it",
      );
    } else {
      this.#missing.delete(key);
    }
    return content;
  }
}

function pageHashOf({ metadata }: FallbackTemplate): string | undefined {
  return metadata?.annotations?.[PAGE_HASH_ANNOTATION];
}

function templateId({ namespace, name }: { namespace: string; name: string }): string {
  return `${namespace}/${name}`;
}
