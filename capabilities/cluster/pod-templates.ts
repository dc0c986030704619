import type { kind } from "kubernetes-fluent-client";
import type { PodTemplateSpec } from "../domain/kubernetes";

export type PodSpec = NonNullable<kind.Pod["spec"]>;

/** What a fallback Pod is made of. */
export type FallbackTemplate = PodTemplateSpec<PodSpec> & { spec: PodSpec };

/** What a PodTemplate holds; undefined if it has no Pod spec. */
export function templateIn({ template }: kind.PodTemplate): FallbackTemplate | undefined {
  const { metadata = {}, spec } = template ?? {};
  return spec && { metadata, spec };
}
