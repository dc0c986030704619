import type { kind } from "kubernetes-fluent-client";
import type { FallbackPod, FallbackPodManifest } from "../domain/fallback-pod";
import { callApi, onlyThis, unlessConflict, unlessNotFound } from "./api";
import { pathOf, PODS } from "./paths";
import type { PodSpec } from "./pod-templates";

/**
 * Creates a Pod.
 *
 * @returns the Pod; undefined if one of that name is there already
 * @throws {ApiError} with the API server's reason if it refuses the Pod
 */
export async function createPod(pod: FallbackPodManifest<PodSpec>): Promise<kind.Pod | undefined> {
  const { namespace, name } = pod.metadata;
  return unlessConflict(() =>
    callApi<kind.Pod>(`creating Pod ${namespace}/${name}`, {
      method: "POST",
      path: pathOf(PODS, { namespace }),
      body: pod,
    }),
  );
}

/**
 * Reads a Pod.
 *
 * @returns the Pod; undefined if there is none of that name
 * @throws {ApiError}
 */
export async function getPod(namespace: string, name: string): Promise<kind.Pod | undefined> {
  return unlessNotFound(() =>
    callApi<kind.Pod>(`reading Pod ${namespace}/${name}`, {
      method: "GET",
      path: pathOf(PODS, { namespace, name }),
    }),
  );
}

/**
 * Deletes this very Pod: one that took its name since is not touched, and a Pod that is gone
 * already is fine.
 *
 * @throws {ApiError}
 */
export async function deletePod({ namespace, name, uid }: FallbackPod): Promise<void> {
  // A conflict is a UID that does not match: the Pod that was meant is gone.
  await unlessConflict(() =>
    unlessNotFound(() =>
      callApi(`deleting Pod ${namespace}/${name}`, {
        method: "DELETE",
        path: pathOf(PODS, { namespace, name }),
        body: onlyThis(uid),
      }),
    ),
  );
}
