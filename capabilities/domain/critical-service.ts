import { z } from "zod";
import { oneLine } from "./message";
import { pageSpec } from "./page/spec";
import type { CriticalServiceStatus } from "./status";
import { splitServiceKey, type ObjectMeta, type ServiceKey } from "./kubernetes";

// Labels and names as Kubernetes defines them:
// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
const DNS_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const QUALIFIED_NAME = "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";
const LABEL_KEY = new RegExp(`^(${DNS_LABEL}(\\.${DNS_LABEL})*/)?${QUALIFIED_NAME}$`);
const LABEL_VALUE = new RegExp(`^(${QUALIFIED_NAME})?$`);
const DNS_SUBDOMAIN = new RegExp(`^${DNS_LABEL}(\\.${DNS_LABEL})*$`);
const MAX_LABEL_KEY = 253 + 1 + 63;
const MAX_LABEL_VALUE = 63;
/** More labels than any Service carries; the bound keeps a list from filling the API server. */
const MAX_LABELS = 64;

const label = z.strictObject({
  key: z
    .string({ error: issue => missing(issue.input, "give the label's key, such as role") })
    .min(1, "is empty: give the label's key, such as role")
    .max(MAX_LABEL_KEY)
    .regex(
      LABEL_KEY,
      "is not a valid label key: use letters, digits, '-', '_' and '.', at most 63, after an optional DNS prefix and '/'",
    )
    .describe("Key of a label that the Service itself carries."),
  value: z
    .string({ error: issue => missing(issue.input, 'give the label\'s value ("" for none)') })
    .max(MAX_LABEL_VALUE)
    .regex(
      LABEL_VALUE,
      "is not a valid label value: use at most 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends",
    )
    .describe("The value that the label must have."),
});

const podTemplate = z.strictObject({
  name: z
    .string({ error: issue => missing(issue.input, "give the name of a PodTemplate") })
    .max(253)
    .regex(DNS_SUBDOMAIN, "is not the name of a PodTemplate: use lower-case letters, digits, '-'")
    .describe("Name of the PodTemplate."),
  namespace: z
    .string({ error: issue => missing(issue.input, "give the PodTemplate's namespace") })
    .max(63)
    .regex(
      new RegExp(`^${DNS_LABEL}$`),
      "is not a valid namespace name: use lower-case letters, digits and '-'",
    )
    .describe("Its namespace."),
});

/** Longer than any outage that is worth waiting out. */
const MAX_SECONDS = 3600;
const SECONDS = `is no number of seconds: give a whole number from 0 to ${MAX_SECONDS}`;
const seconds = z.int(SECONDS).min(0, SECONDS).max(MAX_SECONDS, SECONDS).default(0);

const ONE_CONTENT = "has both page and podTemplate: give one of them";
const COLD_WAITS =
  "has standby Warm, which takes over by itself: leave out activateAfterSeconds and releaseAfterSeconds, or use standby Cold";

const fields = z.strictObject({
  namespace: z
    .string()
    .max(63)
    .regex(
      new RegExp(`^(${DNS_LABEL})?$`),
      "is not a valid namespace name: use lower-case letters, digits and '-'",
    )
    .optional()
    .describe("Namespace of the Services to protect. Left out or empty: every namespace."),
  matchLabels: z
    .array(label, {
      error: issue => missing(issue.input, "list at least one label as {key, value}"),
    })
    .min(1, "is empty: list at least one label as {key, value}")
    .max(MAX_LABELS)
    .superRefine(refuseRepeatedKeys)
    .describe("Labels on the Services to protect. A Service must carry all of them."),
  standby: z
    .enum(["Cold", "Warm"], "is not a way to stand by: use Cold or Warm")
    .default("Cold")
    .describe(
      "How the fallback stands by. Cold (the default): its Pod starts when the Service turns lame. Warm: its Pod always runs, and takes over by itself.",
    ),
  activateAfterSeconds: seconds.describe(
    "Cold: for how long a Service must be lame without a break before its fallback Pod starts.",
  ),
  releaseAfterSeconds: seconds.describe(
    "Cold: for how long a Service must have a Ready Pod of its own without a break before its fallback Pod goes. Until then both answer.",
  ),
  page: pageSpec.optional().describe("The page that the fallback Pod serves."),
  podTemplate: podTemplate
    .optional()
    .describe("What the fallback Pod runs instead of a page, for what is not HTTP."),
});

export type CriticalServiceSpec = z.infer<typeof fields>;
export type Standby = CriticalServiceSpec["standby"];

/** `spec` of a CriticalService: the one source of the type, the CRD and the admission check. */
export const criticalServiceSpec = fields
  .superRefine((spec, context) => {
    const { page, podTemplate, standby, activateAfterSeconds, releaseAfterSeconds } = spec;
    if (page && podTemplate) {
      context.addIssue({ code: "custom", message: ONE_CONTENT });
    }
    if (standby === "Warm" && activateAfterSeconds + releaseAfterSeconds > 0) {
      context.addIssue({ code: "custom", message: COLD_WAITS });
    }
  })
  .meta({
    "x-kubernetes-validations": [
      { rule: "!(has(self.page) && has(self.podTemplate))", message: ONE_CONTENT },
      {
        rule: `!has(self.standby) || self.standby != 'Warm' || (${isZero("activateAfterSeconds")} && ${isZero("releaseAfterSeconds")})`,
        message: COLD_WAITS,
      },
    ],
  });

/** A CriticalService as the API server hands it out: its spec may be anything. */
export interface CriticalServiceObject {
  metadata?: ObjectMeta;
  spec?: unknown;
  status?: CriticalServiceStatus | undefined;
}

/** In CEL; defaults are filled in by admission, which may be away. */
function isZero(field: string): string {
  return `(!has(self.${field}) || self.${field} == 0)`;
}

function missing(input: unknown, fix: string): string | undefined {
  return input === undefined || input === null ? `is missing: ${fix}` : undefined;
}

function refuseRepeatedKeys(labels: { key: string }[], context: z.RefinementCtx): void {
  const seen = new Set<string>();
  labels.forEach(({ key }, index) => {
    if (seen.has(key)) {
      const message = `names the label ${key} again: a Service carries each label once`;
      context.addIssue({ code: "custom", path: [index, "key"], message });
    }
    seen.add(key);
  });
}

/**
 * The spec with its defaults filled in, or what is wrong with it.
 *
 * @returns `problems`: one sentence for each fault, which begins with the field's path.
 */
export function readCriticalServiceSpec(
  spec: unknown,
): { spec: CriticalServiceSpec; problems?: never } | { spec?: never; problems: string[] } {
  const result = criticalServiceSpec.safeParse(spec ?? {});
  if (result.success) {
    return { spec: result.data };
  }
  return { problems: describeFaults(result.error.issues.flatMap(faultsOf)) };
}

/** Faults named at most, and characters of each: they go into a status, an Event and the log. */
const MAX_PROBLEMS = 10;
const MAX_PROBLEM = 500;

interface Fault {
  readonly path: PropertyKey[];
  readonly message: string;
}

function describeFaults(faults: readonly Fault[]): string[] {
  const named = faults
    .slice(0, MAX_PROBLEMS)
    .map(({ path, message }) => oneLine(`${fieldPath(path)} ${message}`, MAX_PROBLEM));
  const rest = faults.length - named.length;
  return rest > 0 ? [...named, `spec has ${rest} more fault(s)`] : named;
}

function faultsOf(issue: z.core.$ZodIssue): Fault[] {
  const { path, message } = issue;
  return issue.code === "unrecognized_keys"
    ? issue.keys.map(key => ({
        path: [...path, key],
        message: "is no field of a CriticalService: remove it",
      }))
    : [{ path, message }];
}

/** Characters of a field's name that are shown: it may be anything. */
const MAX_FIELD_NAME = 64;

function fieldPath(path: PropertyKey[]): string {
  return path.reduce<string>((field, step) => field + fieldStep(step), "spec");
}

function fieldStep(step: PropertyKey): string {
  if (typeof step === "number") {
    return `[${step}]`;
  }
  const name = oneLine(String(step), MAX_FIELD_NAME);
  return /^[\w-]+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/** Whether `spec` names the Service `key` that carries `labels`. */
export function protects(
  spec: Pick<CriticalServiceSpec, "namespace" | "matchLabels">,
  key: ServiceKey,
  labels: Readonly<Record<string, string>>,
): boolean {
  if (spec.namespace && spec.namespace !== splitServiceKey(key).namespace) {
    return false;
  }
  // `Object.hasOwn`: a label may be called "constructor".
  return spec.matchLabels.every(
    ({ key, value }) => Object.hasOwn(labels, key) && labels[key] === value,
  );
}
