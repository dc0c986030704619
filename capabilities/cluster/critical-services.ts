import { GenericKind, RegisterKind, type kind } from "kubernetes-fluent-client";
import { criticalServiceCrd, GROUP, PLURAL, VERSION } from "../domain/crd";
import type { CriticalServiceSpec } from "../domain/critical-service";
import type { CriticalServiceStatus } from "../domain/status";
import { callApi, unlessNotFound } from "./api";
import { APPLY, pathOf, type Resource } from "./paths";

/** The custom resource, for bindings and calls. */
export class CriticalService extends GenericKind {
  declare spec: CriticalServiceSpec;
  declare status?: CriticalServiceStatus;
}

export const CRITICAL_SERVICES: Resource = {
  groupVersion: `${GROUP}/${VERSION}`,
  plural: PLURAL,
};
const CRDS: Resource = {
  groupVersion: "apiextensions.k8s.io/v1",
  plural: "customresourcedefinitions",
};

RegisterKind(CriticalService, {
  group: GROUP,
  version: VERSION,
  kind: "CriticalService",
  plural: PLURAL,
});

/**
 * Applies the CustomResourceDefinition (server-side, so that twice is as good as once).
 *
 * @returns whether the API server serves the resource by now
 * @throws {ApiError}
 */
export async function applyCrd(): Promise<boolean> {
  const crd = criticalServiceCrd();
  const what = "applying the CustomResourceDefinition of CriticalService";
  const applied = await callApi<kind.CustomResourceDefinition>(what, {
    method: "PATCH",
    path: pathOf(CRDS, crd.metadata, APPLY.query),
    contentType: APPLY.contentType,
    body: crd,
  });
  const conditions = applied.status?.conditions ?? [];
  return conditions.some(({ type, status }) => type === "Established" && status === "True");
}

/**
 * Writes the status of a CriticalService. One that is gone is fine.
 *
 * @throws {ApiError}
 */
export async function writeStatus(name: string, status: CriticalServiceStatus): Promise<void> {
  await unlessNotFound(() =>
    callApi(`writing the status of CriticalService ${name}`, {
      method: "PATCH",
      path: pathOf(CRITICAL_SERVICES, { name, subresource: "status" }),
      contentType: "application/merge-patch+json",
      body: { status },
    }),
  );
}
