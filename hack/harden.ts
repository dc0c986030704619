import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments, stringify } from "yaml";

/**
 * Second half of `npm run build`: makes what Pepr built fit for bad days.
 *
 * Namespaces may enforce the Pod Security Standard "restricted"
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards/), and `pepr-system` does.
 * Pepr sets all that it asks for but the seccomp profile.
 *
 * The liveness probe has patience. Pepr's ends a container that is not up 40 s after its start, which
 * on a Node that is short of CPU it never is.
 */
const DIST = join(__dirname, "..", "dist");
const SECCOMP = { seccompProfile: { type: "RuntimeDefault" } };
const PATIENCE = { timeoutSeconds: 5, failureThreshold: 12 };
const RESTRICTED = { "pod-security.kubernetes.io/enforce": "restricted" };

const LIVENESS_PROBE = ["spec", "template", "spec", "containers", 0, "livenessProbe"];

/** What the chart's values say of one Deployment. */
interface Role {
  securityContext: object;
  livenessProbe: object;
}

interface Definition {
  additionalProperties?: boolean;
  required?: string[];
}

function hardenManifests(file: string): void {
  const documents = parseAllDocuments(readFileSync(file, "utf8"));
  for (const document of documents) {
    if (document.get("kind") === "Deployment") {
      const path = ["spec", "template", "spec", "securityContext", "seccompProfile"];
      document.setIn(path, document.createNode(SECCOMP.seccompProfile));
      for (const [field, value] of Object.entries(PATIENCE)) {
        document.setIn([...LIVENESS_PROBE, field], value);
      }
    }
    if (document.get("kind") === "Namespace") {
      for (const [label, level] of Object.entries(RESTRICTED)) {
        document.setIn(["metadata", "labels", label], level);
      }
    }
  }
  writeFileSync(file, documents.map(document => document.toString({ lineWidth: 0 })).join(""));
}

function hardenChart(chart: string): void {
  const valuesFile = join(chart, "values.yaml");
  const values = parse(readFileSync(valuesFile, "utf8")) as {
    namespace: { labels: object };
    admission: Role;
    watcher: Role;
  };
  Object.assign(values.namespace.labels, RESTRICTED);
  for (const role of [values.admission, values.watcher]) {
    Object.assign(role.securityContext, SECCOMP);
    Object.assign(role.livenessProbe, PATIENCE);
  }
  writeFileSync(valuesFile, stringify(values, { lineWidth: 0, aliasDuplicateObjects: false }));

  relaxSchema(join(chart, "values.schema.json"));
}

/**
 * Pepr derives the schema from the default values, so it refuses every field of Kubernetes' own
 * that is not among them, such as a seccomp profile or a variable that comes from a ConfigMap.
 */
function relaxSchema(file: string): void {
  const schema = JSON.parse(readFileSync(file, "utf8")) as {
    definitions: Record<string, Definition>;
  };
  for (const [name, definition] of Object.entries(schema.definitions)) {
    if (!["Values", "Admission"].includes(name)) {
      definition.additionalProperties = true;
      delete definition.required;
    }
  }
  writeFileSync(file, JSON.stringify(schema, null, 2));
}

for (const name of readdirSync(DIST)) {
  if (/^pepr-module-.*\.yaml$/.test(name)) {
    hardenManifests(join(DIST, name));
  }
  if (name.endsWith("-chart")) {
    hardenChart(join(DIST, name));
  }
}
