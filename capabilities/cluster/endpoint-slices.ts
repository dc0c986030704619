import { K8s, kind } from "kubernetes-fluent-client";
import { FetchMethods } from "kubernetes-fluent-client/dist/fluent/shared-types";
import type { SliceManifest, StandbySlice } from "../domain/standby-slice";
import { callApi, unlessConflict, unlessNotFound } from "./api";

/**
 * Creates an EndpointSlice.
 *
 * @returns the EndpointSlice; undefined if one of that name is there already
 * @throws {ApiError}
 */
export async function createSlice(slice: SliceManifest): Promise<kind.EndpointSlice | undefined> {
  const { namespace, name } = slice.metadata;
  return unlessConflict(() =>
    callApi(`creating EndpointSlice ${namespace}/${name}`, () =>
      K8s(kind.EndpointSlice).Create(slice as unknown as kind.EndpointSlice),
    ),
  );
}

/**
 * Reads an EndpointSlice.
 *
 * @returns undefined if there is none of that name
 * @throws {ApiError}
 */
export async function getSlice(
  namespace: string,
  name: string,
): Promise<kind.EndpointSlice | undefined> {
  return unlessNotFound(() =>
    callApi(`reading EndpointSlice ${namespace}/${name}`, () =>
      K8s(kind.EndpointSlice).InNamespace(namespace).Get(name),
    ),
  );
}

/**
 * Makes this very EndpointSlice, and no other that took its name since, say what `slice` says.
 *
 * @throws {ApiError}
 */
export async function applySlice(
  { uid, name }: StandbySlice,
  slice: SliceManifest,
): Promise<kind.EndpointSlice> {
  const { namespace } = slice.metadata;
  const manifest = { ...slice, metadata: { ...slice.metadata, name, uid } };
  return callApi(`applying EndpointSlice ${namespace}/${name}`, () =>
    K8s(kind.EndpointSlice).Apply(manifest as unknown as kind.EndpointSlice, { force: true }),
  );
}

/**
 * Deletes this very EndpointSlice; one that is gone already is fine.
 *
 * @throws {ApiError}
 */
export async function deleteSlice({ namespace, name, uid }: StandbySlice): Promise<void> {
  const url = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices/${name}?uid=${uid}`;
  // A conflict is a UID that does not match: the EndpointSlice that was meant is gone.
  await unlessConflict(() =>
    unlessNotFound(() =>
      callApi(`deleting EndpointSlice ${namespace}/${name}`, () =>
        K8s(kind.EndpointSlice).Raw(url, FetchMethods.DELETE),
      ),
    ),
  );
}
