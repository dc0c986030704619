import type { kind } from "kubernetes-fluent-client";
import type { PodTemplateSpec } from "../domain/kubernetes";
import { callApi, unlessNotFound } from "./api";
import { pathOf } from "./paths";

export type PodSpec = NonNullable<kind.Pod["spec"]>;

/**
 * Reads what a PodTemplate holds.
 *
 * @returns its template; undefined if there is no such PodTemplate, or it has no Pod spec
 * @throws {ApiError}
 */
export async function getPodTemplate(
  namespace: string,
  name: string,
): Promise<(PodTemplateSpec<PodSpec> & { spec: PodSpec }) | undefined> {
  const found = await unlessNotFound(() =>
    callApi<kind.PodTemplate>(`reading PodTemplate ${namespace}/${name}`, {
      method: "GET",
      path: pathOf({ groupVersion: "v1", plural: "podtemplates" }, { namespace, name }),
    }),
  );
  const { metadata = {}, spec } = found?.template ?? {};
  return spec && { metadata, spec };
}
