import { z } from "zod";
import { criticalServiceSpec } from "./critical-service";
import { criticalServiceStatus } from "./status";

export const GROUP = "mycrd.com";
export const VERSION = "v1";
export const PLURAL = "criticalservices";

type Schema = Record<string, unknown>;

/**
 * The CustomResourceDefinition of CriticalService, made from its zod schema.
 *
 * Defaults are left to the Mutate binding: what an author got is then written into the object, and
 * a later release with another default does not change what stands there.
 *
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
 */
export function criticalServiceCrd() {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${PLURAL}.${GROUP}` },
    spec: {
      group: GROUP,
      scope: "Cluster" as const,
      names: {
        plural: PLURAL,
        singular: "criticalservice",
        kind: "CriticalService",
        listKind: "CriticalServiceList",
        shortNames: ["crisvc"],
      },
      versions: [
        {
          name: VERSION,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: [
            column("Namespace", ".spec.namespace", "Empty: every namespace"),
            column("Standby", ".spec.standby", "How the fallback stands by"),
            count("Matched", ".status.matched", "Services that it names"),
            count("Active", ".status.active", "Services that their fallback answers for"),
            column("Ready", condition("Ready", "status"), "False: something keeps a fallback away"),
            { ...count("Lame", ".status.lame", "Services without a Ready Pod"), priority: 1 },
            { ...column("Degraded", condition("Degraded", "status"), "See why"), priority: 1 },
            { ...column("Why", condition("Degraded", "message"), "Why Degraded"), priority: 1 },
            { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
          ],
          schema: { openAPIV3Schema: rootSchema() },
        },
      ],
    },
  };
}

function column(name: string, jsonPath: string, description: string) {
  return { name, type: "string", jsonPath, description };
}

function count(name: string, jsonPath: string, description: string) {
  return { name, type: "integer", jsonPath, description };
}

function condition(type: string, field: string): string {
  return `.status.conditions[?(@.type=="${type}")].${field}`;
}

function rootSchema() {
  return {
    description: "Names the Services that get a fallback Pod while they have no Ready Pod.",
    type: "object",
    required: ["spec"],
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: { type: "object" },
      spec: specSchema(),
      status: schemaOf(criticalServiceStatus),
    },
  };
}

function specSchema(): Schema {
  const spec = schemaOf(criticalServiceSpec) as { properties: { matchLabels: Schema } };
  Object.assign(spec.properties.matchLabels, {
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["key"],
  });
  return spec as unknown as Schema;
}

function schemaOf(type: z.ZodType): Schema {
  return structural(z.toJSONSchema(type, { io: "input", target: "openapi-3.0" })) as Schema;
}

/**
 * Turns a JSON schema into a structural one, the only kind that the API server takes.
 *
 * `additionalProperties: false` is not allowed there. Pruning would be the usual answer, but it
 * drops a mistyped field before admission sees it: `nameSpace: shop` would silently come to mean
 * every namespace. So unknown fields are kept until the admission check refuses them by name.
 *
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
function structural(schema: unknown): unknown {
  if (Array.isArray(schema)) {
    return schema.map(structural);
  }
  if (typeof schema !== "object" || schema === null) {
    return schema;
  }
  const result: Schema = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "additionalProperties" && value === false) {
      result["x-kubernetes-preserve-unknown-fields"] = true;
    } else if (key !== "$schema" && key !== "default") {
      result[key] = structural(value);
    }
  }
  return result;
}
