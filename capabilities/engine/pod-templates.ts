import type { kind } from "kubernetes-fluent-client";
import { templateIn, type FallbackTemplate } from "../cluster/pod-templates";

interface Known {
  readonly uid: string | undefined;
  readonly template: FallbackTemplate | undefined;
}

/** The PodTemplates that there are, so that none has to be read while a Service is lame. */
export class PodTemplates {
  readonly #known = new Map<string, Known>();

  set(object: kind.PodTemplate): void {
    this.#known.set(keyOf(object), { uid: object.metadata?.uid, template: templateIn(object) });
  }

  /** Of one that was made again meanwhile, it is not told any more. */
  drop(object: kind.PodTemplate): void {
    const key = keyOf(object);
    if (this.#known.get(key)?.uid === object.metadata?.uid) {
      this.#known.delete(key);
    }
  }

  /** @returns undefined if there is no such PodTemplate, or it has no Pod spec */
  get(namespace: string, name: string): FallbackTemplate | undefined {
    return this.#known.get(`${namespace}/${name}`)?.template;
  }
}

function keyOf({ metadata }: kind.PodTemplate): string {
  return `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;
}
