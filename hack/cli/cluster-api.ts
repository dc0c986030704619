import { fetch, K8s, kind } from "kubernetes-fluent-client";
import { FetchMethods } from "kubernetes-fluent-client/dist/fluent/shared-types";
import { k8sCfg } from "kubernetes-fluent-client/dist/fluent/utils";
import { callApi, unlessNotFound } from "../../capabilities/cluster/api";
import { GROUP, PLURAL, VERSION } from "../../capabilities/domain/crd";
import type { CriticalServiceObject } from "../../capabilities/domain/critical-service";

/**
 * What this command asks of the API server and the operator does not. None of it changes anything:
 * a dry run is not stored, and a SubjectAccessReview is a question.
 */

/** The API server's version, such as `v1.36.3`. @throws {ApiError} */
export async function getServerVersion(): Promise<string> {
  const version = await callApi(
    "asking for its version",
    () => K8s(kind.Namespace).Raw("/version") as Promise<{ gitVersion?: string }>,
  );
  return version.gitVersion ?? "";
}

/** @returns undefined if there is none of that name @throws {ApiError} */
export function getDeployment(
  namespace: string,
  name: string,
): Promise<kind.Deployment | undefined> {
  return unlessNotFound(() =>
    callApi(`reading Deployment ${namespace}/${name}`, () =>
      K8s(kind.Deployment).InNamespace(namespace).Get(name),
    ),
  );
}

/** The Pods of a Deployment, by the label `app` that Pepr gives them. @throws {ApiError} */
export async function listPodsOf(namespace: string, app: string): Promise<kind.Pod[]> {
  const { items } = await callApi(`listing the Pods of ${namespace}/${app}`, () =>
    K8s(kind.Pod).InNamespace(namespace).WithLabel("app", app).Get(),
  );
  return items;
}

/** @returns undefined if there is none of that name @throws {ApiError} */
export function getCrd(name: string): Promise<kind.CustomResourceDefinition | undefined> {
  return unlessNotFound(() =>
    callApi(`reading CustomResourceDefinition ${name}`, () =>
      K8s(kind.CustomResourceDefinition).Get(name),
    ),
  );
}

/** The module's two webhook configurations; undefined for one that is not there. @throws {ApiError} */
export function getWebhooks(name: string) {
  return Promise.all([
    unlessNotFound(() =>
      callApi(`reading MutatingWebhookConfiguration ${name}`, () =>
        K8s(kind.MutatingWebhookConfiguration).Get(name),
      ),
    ),
    unlessNotFound(() =>
      callApi(`reading ValidatingWebhookConfiguration ${name}`, () =>
        K8s(kind.ValidatingWebhookConfiguration).Get(name),
      ),
    ),
  ]);
}

/** A permission: one verb on one resource, which may be a subresource such as `pods/log`. */
export interface Permission {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
}

/** Whether a user has a permission in every namespace. @throws {ApiError} */
export async function isAllowed(
  user: string,
  { verb, group, resource: full }: Permission,
): Promise<boolean> {
  const [resource = "", subresource] = full.split("/");
  const resourceAttributes = { verb, group, resource, ...(subresource && { subresource }) };
  const review = await callApi("asking what the operator may do", () =>
    K8s(kind.SubjectAccessReview).Create({ spec: { user, resourceAttributes } }),
  );
  return review.status?.allowed === true;
}

/**
 * Applies a CriticalService for show: the API server checks it, has admission see it, and forgets it.
 *
 * @returns the object as it would be stored
 * @throws {ApiError} with the API server's reason if it refuses the object
 */
export async function dryRunCriticalService(
  name: string,
  spec: unknown,
): Promise<CriticalServiceObject> {
  return callApi("trying it on the API server", async () => {
    // The client's own Apply knows no dry run.
    const { opts, serverUrl } = await k8sCfg(FetchMethods.PATCH);
    const query = "dryRun=All&force=true&fieldValidation=Strict&fieldManager=critsvc-dry-run";
    const path = `/apis/${GROUP}/${VERSION}/${PLURAL}/${encodeURIComponent(name)}?${query}`;
    const apiVersion = `${GROUP}/${VERSION}`;
    const answer = await fetch<CriticalServiceObject>(new URL(path, serverUrl), {
      ...opts,
      headers: { ...(opts.headers as object), "Content-Type": "application/apply-patch+yaml" },
      body: JSON.stringify({ apiVersion, kind: "CriticalService", metadata: { name }, spec }),
    });
    if (!answer.ok) {
      // As the client does: it is for callApi to say what the answer means.
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      throw answer;
    }
    return answer.data;
  });
}
