import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import { GROUP, VERSION } from "../../capabilities/domain/crd";
import {
  readCriticalServiceSpec,
  type CriticalServiceObject,
  type CriticalServiceSpec,
} from "../../capabilities/domain/critical-service";
import { explain } from "../explain";
import { UserError } from "./outcome";

const KIND = "CriticalService";
const API_VERSION = `${GROUP}/${VERSION}`;

/** An object out of a file, of any kind. */
interface Manifest {
  apiVersion?: unknown;
  kind?: string;
  metadata?: { name?: unknown; namespace?: unknown };
  spec?: unknown;
  data?: Record<string, unknown>;
}

/** A CriticalService that somebody wrote, and what is wrong with it: `problems` name the field. */
export type Written =
  | {
      readonly name: string;
      readonly object: CriticalServiceObject;
      readonly spec: CriticalServiceSpec;
      readonly problems?: never;
    }
  | { readonly name: string; readonly problems: readonly string[]; readonly spec?: never };

/** What a file holds that matters here. */
export interface Manifests {
  readonly criticalServices: readonly Written[];
  /** What a ConfigMap of the file holds at a key; undefined if there is none, or no such key. */
  readonly configMapValue: (
    namespace: string | undefined,
    name: string,
    key: string,
  ) => string | undefined;
}

/**
 * Reads a file of manifests in YAML or JSON. Other kinds than CriticalService may be among them.
 *
 * @param file its path; `-`: standard input
 * @throws {UserError} if it can't be read or has no CriticalService
 */
export function readManifests(file: string): Manifests {
  const source = file === "-" ? "standard input" : file;
  const objects = parseManifests(readText(file, source), source);
  const criticalServices = objects.filter(({ kind }) => kind === KIND).map(written);
  if (criticalServices.length === 0) {
    const kinds = [...new Set(objects.map(({ kind }) => kind ?? "an object without kind"))];
    const found = kinds.length > 0 ? `it has ${kinds.join(", ")}` : "it is empty";
    throw new UserError(`${source} has no object of kind ${KIND}: ${found}`);
  }
  return {
    criticalServices,
    configMapValue: (namespace, name, key) => valueIn(objects, namespace, name, key),
  };
}

function readText(file: string, source: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (cause) {
    throw new UserError(`${source} can't be read: ${explain(cause)}`, { cause });
  }
}

function parseManifests(text: string, source: string): Manifest[] {
  const documents = parseAllDocuments(text);
  const errors = documents.flatMap(document => document.errors);
  const [first] = errors;
  if (first) {
    throw new UserError(`${source} is not YAML: ${first.message.split("\n")[0] ?? ""}`);
  }
  return documents.flatMap(document => items(document.toJS() as unknown));
}

/** `kubectl get -o yaml` prints a List. */
function items(object: unknown): Manifest[] {
  if (typeof object !== "object" || object === null) {
    return [];
  }
  const list = (object as { items?: unknown }).items;
  return Array.isArray(list) ? list.flatMap(items) : [object];
}

function written(manifest: Manifest): Written {
  const { name } = manifest.metadata ?? {};
  const read = readCriticalServiceSpec(manifest.spec);
  const problems = [...identityProblems(manifest), ...(read.problems ?? [])];
  return typeof name !== "string" || problems.length > 0 || !read.spec
    ? { name: typeof name === "string" ? name : "(without name)", problems }
    : { name, object: manifest as CriticalServiceObject, spec: read.spec };
}

function identityProblems({ apiVersion, metadata }: Manifest): string[] {
  const isNamed = typeof metadata?.name === "string" && metadata.name !== "";
  const given = JSON.stringify(apiVersion) as string | undefined;
  return [
    ...(apiVersion === API_VERSION
      ? []
      : [`apiVersion is ${given ?? "missing"}: use ${API_VERSION}`]),
    ...(isNamed ? [] : ["metadata.name is missing: give the CriticalService a name"]),
  ];
}

function valueIn(
  objects: readonly Manifest[],
  namespace: string | undefined,
  name: string,
  key: string,
): string | undefined {
  const found = objects.find(
    ({ kind, metadata }) =>
      kind === "ConfigMap" &&
      metadata?.name === name &&
      (namespace === undefined ||
        metadata.namespace === undefined ||
        metadata.namespace === namespace),
  );
  const value = found?.data?.[key];
  return typeof value === "string" ? value : undefined;
}
