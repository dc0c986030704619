import type { kind } from "kubernetes-fluent-client";
import type { SliceManifest, StandbySlice } from "../domain/standby-slice";
import { callApi, onlyThis, unlessConflict, unlessNotFound } from "./api";
import { APPLY, ENDPOINT_SLICES, pathOf } from "./paths";

/**
 * Creates an EndpointSlice.
 *
 * @returns the EndpointSlice; undefined if one of that name is there already
 * @throws {ApiError}
 */
export async function createSlice(slice: SliceManifest): Promise<kind.EndpointSlice | undefined> {
  const { namespace, name } = slice.metadata;
  return unlessConflict(() =>
    callApi<kind.EndpointSlice>(`creating EndpointSlice ${namespace}/${name}`, {
      method: "POST",
      path: pathOf(ENDPOINT_SLICES, { namespace }),
      body: slice,
    }),
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
    callApi<kind.EndpointSlice>(`reading EndpointSlice ${namespace}/${name}`, {
      method: "GET",
      path: pathOf(ENDPOINT_SLICES, { namespace, name }),
    }),
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
  return callApi(`applying EndpointSlice ${namespace}/${name}`, {
    method: "PATCH",
    path: pathOf(ENDPOINT_SLICES, { namespace, name }, APPLY.query),
    contentType: APPLY.contentType,
    body: { ...slice, metadata: { ...slice.metadata, name, uid } },
  });
}

/**
 * Deletes this very EndpointSlice; one that is gone already is fine.
 *
 * @throws {ApiError}
 */
export async function deleteSlice({ namespace, name, uid }: StandbySlice): Promise<void> {
  // A conflict is a UID that does not match: the EndpointSlice that was meant is gone.
  await unlessConflict(() =>
    unlessNotFound(() =>
      callApi(`deleting EndpointSlice ${namespace}/${name}`, {
        method: "DELETE",
        path: pathOf(ENDPOINT_SLICES, { namespace, name }),
        body: onlyThis(uid),
      }),
    ),
  );
}
