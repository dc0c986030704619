import { K8s, kind } from "kubernetes-fluent-client";
import { FetchMethods } from "kubernetes-fluent-client/dist/fluent/shared-types";

/** The two calls of a round; a kubectl of its own would take time from what is measured. */
export async function createPod(pod: kind.Pod): Promise<void> {
  await K8s(kind.Pod).Create(pod);
}

/** @param force as `kubectl delete --force --grace-period=0` */
export async function deletePod(namespace: string, name: string, force: boolean): Promise<void> {
  const query = force ? "?gracePeriodSeconds=0" : "";
  const url = `/api/v1/namespaces/${namespace}/pods/${name}${query}`;
  await K8s(kind.Pod).Raw(url, FetchMethods.DELETE);
}
