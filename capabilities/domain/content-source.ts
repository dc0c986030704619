import type { Protector } from "./situation";
import type { PageSpec } from "./page/spec";

export interface TemplateName {
  readonly namespace: string;
  readonly name: string;
}

/** `namespace/name`: what a PodTemplate is called by. */
export function templateId({ namespace, name }: Partial<TemplateName>): string {
  return `${namespace ?? ""}/${name ?? ""}`;
}

/** Where it is said what a fallback Pod runs. */
export type ContentSource =
  | ({ readonly kind: "podTemplate" } & TemplateName)
  | { readonly kind: "page"; readonly page: PageSpec }
  /** No CriticalService says; the operator's own PodTemplate or the built-in page does. */
  | { readonly kind: "default" };

/** The first CriticalService by name that says what to run has its way. */
export function contentSource(protectors: readonly Protector[]): ContentSource {
  for (const { spec } of protectors) {
    if (spec.podTemplate) {
      return { kind: "podTemplate", ...spec.podTemplate };
    }
    if (spec.page) {
      return { kind: "page", page: spec.page };
    }
  }
  return { kind: "default" };
}

/** Whether it is a PodTemplate of that name that says it, or would if it were there. */
export function isPodTemplate(
  source: ContentSource,
  template: Partial<TemplateName>,
  byDefault: TemplateName,
): boolean {
  if (source.kind === "page") {
    return false;
  }
  return templateId(source.kind === "default" ? byDefault : source) === templateId(template);
}
