import type { kind } from "kubernetes-fluent-client";
import { callApi, unlessNotFound } from "../../capabilities/cluster/api";
import { CRITICAL_SERVICES } from "../../capabilities/cluster/critical-services";
import {
  APPLY,
  pathOf,
  POD_TEMPLATES,
  PODS,
  type Place,
  type Resource,
} from "../../capabilities/cluster/paths";
import { templateIn, type FallbackTemplate } from "../../capabilities/cluster/pod-templates";
import type { CriticalServiceObject } from "../../capabilities/domain/critical-service";

/**
 * What this command asks of the API server and the operator does not. None of it changes anything:
 * a dry run is not stored, and a SubjectAccessReview is a question.
 */

const DEPLOYMENTS: Resource = { groupVersion: "apps/v1", plural: "deployments" };
const CRDS: Resource = {
  groupVersion: "apiextensions.k8s.io/v1",
  plural: "customresourcedefinitions",
};
const WEBHOOKS = "admissionregistration.k8s.io/v1";
const REVIEWS: Resource = {
  groupVersion: "authorization.k8s.io/v1",
  plural: "subjectaccessreviews",
};

/** The API server's version, such as `v1.36.3`. @throws {ApiError} */
export async function getServerVersion(): Promise<string> {
  const version = await callApi<{ gitVersion?: string }>("asking for its version", {
    method: "GET",
    path: "/version",
  });
  return version.gitVersion ?? "";
}

/** @returns undefined if there is none of that name @throws {ApiError} */
export function getDeployment(
  namespace: string,
  name: string,
): Promise<kind.Deployment | undefined> {
  return read("Deployment", DEPLOYMENTS, { namespace, name });
}

/** The Pods of a Deployment, by the label `app` that Pepr gives them. @throws {ApiError} */
export async function listPodsOf(namespace: string, app: string): Promise<kind.Pod[]> {
  const { items } = await callApi<{ items: kind.Pod[] }>(
    `listing the Pods of ${namespace}/${app}`,
    { method: "GET", path: pathOf(PODS, { namespace }, { labelSelector: `app=${app}` }) },
  );
  return items;
}

/** @returns undefined if there is no such PodTemplate, or it has no Pod spec @throws {ApiError} */
export async function getPodTemplate(
  namespace: string,
  name: string,
): Promise<FallbackTemplate | undefined> {
  const place = { namespace, name };
  const found = await read<kind.PodTemplate>("PodTemplate", POD_TEMPLATES, place);
  return found && templateIn(found);
}

/** @returns undefined if there is none of that name @throws {ApiError} */
export function getCrd(name: string): Promise<kind.CustomResourceDefinition | undefined> {
  return read("CustomResourceDefinition", CRDS, { name });
}

/** The module's two webhook configurations; undefined for one that is not there. @throws {ApiError} */
export function getWebhooks(name: string) {
  const one = <T>(what: string) =>
    read<T>(what, { groupVersion: WEBHOOKS, plural: `${what.toLowerCase()}s` }, { name });
  return Promise.all([
    one<kind.MutatingWebhookConfiguration>("MutatingWebhookConfiguration"),
    one<kind.ValidatingWebhookConfiguration>("ValidatingWebhookConfiguration"),
  ]);
}

function read<T>(what: string, resource: Resource, place: Place): Promise<T | undefined> {
  const name = [place.namespace, place.name].filter(Boolean).join("/");
  return unlessNotFound(() =>
    callApi<T>(`reading ${what} ${name}`, { method: "GET", path: pathOf(resource, place) }),
  );
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
  const review = await callApi<kind.SubjectAccessReview>("asking what the operator may do", {
    method: "POST",
    path: pathOf(REVIEWS),
    body: {
      apiVersion: REVIEWS.groupVersion,
      kind: "SubjectAccessReview",
      spec: { user, resourceAttributes },
    },
  });
  return review.status?.allowed === true;
}

/**
 * Applies a CriticalService for show: the API server checks it, has admission see it, and forgets it.
 *
 * @returns the object as it would be stored
 * @throws {ApiError} with the API server's reason if it refuses the object
 */
export function dryRunCriticalService(name: string, spec: unknown): Promise<CriticalServiceObject> {
  const query = { ...APPLY.query, dryRun: "All", fieldValidation: "Strict" };
  return callApi("trying it on the API server", {
    method: "PATCH",
    path: pathOf(CRITICAL_SERVICES, { name }, query),
    contentType: APPLY.contentType,
    body: {
      apiVersion: CRITICAL_SERVICES.groupVersion,
      kind: "CriticalService",
      metadata: { name },
      spec,
    },
  });
}
