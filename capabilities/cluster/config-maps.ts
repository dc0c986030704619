import type { kind } from "kubernetes-fluent-client";
import { callApi, unlessNotFound } from "./api";
import { pathOf } from "./paths";

/**
 * Reads the data of a ConfigMap.
 *
 * @returns undefined if there is no such ConfigMap
 * @throws {ApiError}
 */
export async function getConfigMapData(
  namespace: string,
  name: string,
): Promise<Record<string, string> | undefined> {
  const configMap = await unlessNotFound(() =>
    callApi<kind.ConfigMap>(`reading ConfigMap ${namespace}/${name}`, {
      method: "GET",
      path: pathOf({ groupVersion: "v1", plural: "configmaps" }, { namespace, name }),
    }),
  );
  return configMap && (configMap.data ?? {});
}

/**
 * Reads one value of a ConfigMap.
 *
 * @returns the value; undefined if there is no such ConfigMap, or no such key in its data
 * @throws {ApiError}
 */
export async function getConfigMapValue(
  namespace: string,
  name: string,
  key: string,
): Promise<string | undefined> {
  const data = (await getConfigMapData(namespace, name)) ?? {};
  // `Object.hasOwn`: a key may be called "constructor".
  return Object.hasOwn(data, key) ? data[key] : undefined;
}
