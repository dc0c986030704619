import type { kind } from "kubernetes-fluent-client";
import { templateIn, type FallbackTemplate } from "../cluster/pod-templates";
import { templateId } from "../domain/content-source";

interface Known {
  readonly uid: string | undefined;
  readonly template: FallbackTemplate | undefined;
}

/** The PodTemplates that there are, so that none has to be read while a Service is lame. */
export class PodTemplates {
  readonly #known = new Map<string, Known>();

  set(object: kind.PodTemplate): void {
    this.#known.set(idOf(object), { uid: object.metadata?.uid, template: templateIn(object) });
  }

  /** Of one that was made again meanwhile, it is not told any more. */
  drop(object: kind.PodTemplate): void {
    const id = idOf(object);
    if (this.#known.get(id)?.uid === object.metadata?.uid) {
      this.#known.delete(id);
    }
  }

  /** @returns undefined if there is no such PodTemplate, or it has no Pod spec */
  get(namespace: string, name: string): FallbackTemplate | undefined {
    return this.#known.get(templateId({ namespace, name }))?.template;
  }
}

function idOf({ metadata = {} }: kind.PodTemplate): string {
  return templateId(metadata);
}
