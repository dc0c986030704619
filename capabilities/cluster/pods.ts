import { K8s, kind } from "kubernetes-fluent-client";
import { FetchMethods } from "kubernetes-fluent-client/dist/fluent/shared-types";
import type { FallbackPod, FallbackPodManifest } from "../domain/fallback-pod";
import { callApi, unlessConflict, unlessNotFound } from "./api";
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
    callApi(`creating Pod ${namespace}/${name}`, () => K8s(kind.Pod).Create(pod)),
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
    callApi(`reading Pod ${namespace}/${name}`, () =>
      K8s(kind.Pod).InNamespace(namespace).Get(name),
    ),
  );
}

/**
 * Deletes this very Pod: one that took its name since is not touched, and a Pod that is gone
 * already is fine.
 *
 * @throws {ApiError}
 */
export async function deletePod({ namespace, name, uid }: FallbackPod): Promise<void> {
  // The client's own Delete sends no preconditions; the API server takes them as query parameters.
  const url = `/api/v1/namespaces/${namespace}/pods/${name}?uid=${uid}`;
  // A conflict is a UID that does not match: the Pod that was meant is gone.
  await unlessConflict(() =>
    unlessNotFound(() =>
      callApi(`deleting Pod ${namespace}/${name}`, () =>
        K8s(kind.Pod).Raw(url, FetchMethods.DELETE),
      ),
    ),
  );
}
