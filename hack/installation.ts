import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { Kubectl } from "./kubectl";
import { MODULE_NAME, MODULE_NAMESPACE, type BuiltModule, type Manifest } from "./module";

/** Kinds of the module's manifests that matter to an operator which runs outside of the cluster. */
const PERMISSIONS = [
  "Namespace",
  "ServiceAccount",
  "ClusterRole",
  "ClusterRoleBinding",
  "Role",
  "RoleBinding",
];
const WEBHOOKS = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

/** Pepr's controller applies this before it starts a module; so does whoever starts one without it. */
export const PEPR_STORE_CRD: Manifest = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "peprstores.pepr.dev" },
  spec: {
    group: "pepr.dev",
    scope: "Namespaced",
    names: { plural: "peprstores", singular: "peprstore", kind: "PeprStore" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: { data: { type: "object", additionalProperties: { type: "string" } } },
          },
        },
      },
    ],
  },
};

/** Brings what Pepr itself needs in the cluster: its namespace and its store. */
export async function installPepr(kubectl: Kubectl): Promise<void> {
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: MODULE_NAMESPACE } };
  await kubectl.apply(namespace, PEPR_STORE_CRD);
  await kubectl.run([
    "wait",
    "--for=condition=Established",
    "--timeout=30s",
    "crd/peprstores.pepr.dev",
  ]);
}

/**
 * Installs the module's permissions, and its webhooks such that they reach a process on loopback.
 *
 * @param port where the admission process listens
 * @returns path of a kubeconfig in `dir`, with the permissions of the operator and no more
 */
export async function installModule(
  kubectl: Kubectl,
  module: BuiltModule,
  { port, dir }: { port: number; dir: string },
): Promise<string> {
  const permissions = module.manifests.filter(({ kind }) => PERMISSIONS.includes(kind));
  await kubectl.apply(...permissions);
  await installPepr(kubectl);
  const webhooks = module.manifests.filter(({ kind }) => WEBHOOKS.includes(kind));
  await kubectl.apply(admissionService(), ...webhooks.map(webhook => onPort(webhook, port)));
  const tokenRequest = ["create", "token", MODULE_NAME, "-n", MODULE_NAMESPACE, "--duration=24h"];
  const token = await kubectl.run(tokenRequest);
  return writeKubeconfig(kubectl.kubeconfig, token.trim(), join(dir, "operator.kubeconfig"));
}

/** The API server looks the webhooks' Service up; of this type it goes to loopback. */
function admissionService(): Manifest {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: MODULE_NAME, namespace: MODULE_NAMESPACE },
    spec: { type: "ExternalName", externalName: "localhost" },
  };
}

function onPort(configuration: Manifest, port: number): Manifest {
  const copy = structuredClone(configuration);
  for (const webhook of copy.webhooks as { clientConfig: { service: { port?: number } } }[]) {
    webhook.clientConfig.service.port = port;
  }
  return copy;
}

function writeKubeconfig(admin: string, token: string, file: string): string {
  const config = parse(readFileSync(admin, "utf8")) as { users: { user: object }[] };
  for (const entry of config.users) {
    entry.user = { token };
  }
  writeFileSync(file, stringify(config), { mode: 0o600 });
  return file;
}
