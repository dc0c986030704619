import type { Protector } from "./situation";
import type { PageSpec } from "./page/spec";

/** Where it is said what a fallback Pod runs. */
export type ContentSource =
  | { readonly kind: "podTemplate"; readonly namespace: string; readonly name: string }
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
