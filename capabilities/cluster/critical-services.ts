import { GenericKind, K8s, kind, RegisterKind } from "kubernetes-fluent-client";
import { criticalServiceCrd, GROUP, PLURAL, VERSION } from "../domain/crd";
import type { CriticalServiceSpec } from "../domain/critical-service";
import type { CriticalServiceStatus } from "../domain/status";
import { callApi, unlessNotFound } from "./api";

/** The custom resource, for bindings and calls. */
export class CriticalService extends GenericKind {
  declare spec: CriticalServiceSpec;
  declare status?: CriticalServiceStatus;
}

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
  const applied = await callApi("applying the CustomResourceDefinition of CriticalService", () =>
    K8s(kind.CustomResourceDefinition).Apply(criticalServiceCrd() as object, { force: true }),
  );
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
    callApi(`writing the status of CriticalService ${name}`, () =>
      K8s(CriticalService).PatchStatus({ metadata: { name }, status } as CriticalService),
    ),
  );
}
