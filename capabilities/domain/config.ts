import { z } from "zod";
import { DEFAULT_RESOURCES, type Resources } from "./page/pod";

const PINO_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
/** Names of the levels in Python's logging module, which the original's ConfigMaps hold. */
const PYTHON_LEVELS: Record<string, string> = { warning: "warn", critical: "fatal" };
const LEVELS_ALLOWED = `${PINO_LEVELS.join(", ")}, WARNING, CRITICAL (in either case)`;

const name = (what: string, max: number) =>
  z
    .string()
    .max(max, `must be ${what} of at most ${max} characters`)
    .regex(
      /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
      `must be ${what}: lower-case letters, digits and '-', with a letter or digit at both ends`,
    );

const nameList = (what: string, max: number) =>
  z
    .string()
    .default("")
    .transform(list => list.split(",").map(item => item.trim()))
    .transform(items => items.filter(item => item !== ""))
    .pipe(z.array(name(what, max)));

const wholeNumber = (what: string, min: number, max: number) => {
  const fix = `must be ${what} from ${min} to ${max}`;
  return z.coerce.number(fix).int(fix).min(min, fix).max(max, fix);
};

const RESOURCES_FIX = 'must be JSON such as {"limits": {"memory": "64Mi"}}';
const quantities = z.record(z.string(), z.string());
const resources = z.strictObject(
  { requests: quantities.optional(), limits: quantities.optional() },
  RESOURCES_FIX,
);

/** What the text says in JSON; a text that is no JSON stays one, and is refused for it. */
function parseResources(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

const DEFAULT_POD_TEMPLATE = { name: "critical-service-pod-template", namespace: "linux-mag" };

/** The environment variables: the one source of their checks, defaults and reference in the docs. */
export const environment = z.object({
  LOG_LEVEL: z
    .string()
    .default("info")
    .transform(level => PYTHON_LEVELS[level.toLowerCase()] ?? level.toLowerCase())
    .pipe(z.enum(PINO_LEVELS, `must be one of ${LEVELS_ALLOWED}`))
    .describe(`How much is logged: ${LEVELS_ALLOWED}.`),
  NAMESPACES: nameList("a comma-separated list of namespaces, each", 63).describe(
    "Namespaces whose Services are looked after, with commas. Empty: all.",
  ),
  POD_NAME_PREFIX: name("the beginning of a Pod's name", 63)
    .default("service-watcher")
    .describe("The beginning of a fallback Pod's name."),
  POD_TEMPLATE: name("a PodTemplate's name", 253)
    .optional()
    .describe(
      "Name of the PodTemplate for fallback Pods whose CriticalService does not say what they run. If it or its namespace is set, it has to be there.",
    )
    .meta({ default: DEFAULT_POD_TEMPLATE.name }),
  POD_TEMPLATE_NS: name("a namespace's name", 63)
    .optional()
    .describe("Namespace of that PodTemplate.")
    .meta({ default: DEFAULT_POD_TEMPLATE.namespace }),
  FALLBACK_IMAGE: z
    .string()
    .regex(/^\S+$/, "must be the name of an image, without spaces")
    .default("docker.io/nginxinc/nginx-unprivileged:1.29-alpine")
    .describe("Image of the Pods that serve a page: an unprivileged nginx."),
  FALLBACK_PULL_SECRETS: nameList("a comma-separated list of names of Secrets, each", 253).describe(
    "Names of their image pull Secrets, in the Service's namespace, with commas.",
  ),
  FALLBACK_RESOURCES: z
    .string()
    .optional()
    .meta({ default: JSON.stringify(DEFAULT_RESOURCES) })
    .transform(parseResources)
    .pipe(resources.optional())
    .describe("Their resources, as JSON."),
  FALLBACK_PRIORITY_CLASS: name("the name of a PriorityClass", 253)
    .optional()
    .describe("PriorityClass of the fallback Pods, unless their PodTemplate names one."),
  ALLOW_PRIVILEGED_TEMPLATES: z
    .enum(["true", "false"], "must be true or false")
    .default("false")
    .transform(text => text === "true")
    .describe(
      "true lets a CriticalService's PodTemplate ask for anything: power over the Node, another namespace's Secrets.",
    ),
  RELIST_SECONDS: wholeNumber("a number of seconds", 1, 86_400)
    .default(300)
    .describe(
      "Seconds between two lists of all that is watched, which find what a watch has missed.",
    ),
  PORT: wholeNumber("a port number", 1, 65535)
    .default(3000)
    .describe(
      "Port of the webhooks, the health check and the metrics. The Deployments' probes expect the default one.",
    ),
});

export type LogLevel = (typeof PINO_LEVELS)[number];

/** What the operator was told by its environment. */
export interface Config {
  readonly logLevel: LogLevel;
  /** Namespaces whose Services are looked after; empty: all. */
  readonly namespaces: readonly string[];
  /** A fallback Pod is called `<podNamePrefix>-<service>`. */
  readonly podNamePrefix: string;
  /** What fallback Pods run unless their CriticalService says more. */
  readonly podTemplate: {
    readonly namespace: string;
    readonly name: string;
    /** The environment names it; otherwise the built-in page does if it is not there. */
    readonly required: boolean;
  };
  /** Of the Pods that serve a page. */
  readonly page: {
    readonly image: string;
    readonly pullSecrets: readonly string[];
    readonly resources: Resources | undefined;
  };
  /** PriorityClass of the fallback Pods whose template names none. */
  readonly priorityClass: string | undefined;
  /** Whether a CriticalService's PodTemplate may give a Pod power over its Node. */
  readonly allowPrivilegedTemplates: boolean;
  /** Seconds between two lists of all that is watched. */
  readonly relistSeconds: number;
  /** Port of the webhooks, the health check and the metrics. */
  readonly port: number;
}

/** A variable has a value that the operator can't work with; the message names each one. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/**
 * Reads the configuration from environment variables. An empty variable counts as not set.
 *
 * @throws {ConfigError} that names each bad variable, its value and what is allowed.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const result = environment.safeParse(set);
  if (!result.success) {
    throw new ConfigError(result.error.issues.map(issue => describe(issue, env)).join("; "));
  }
  return toConfig(result.data);
}

function toConfig(read: z.infer<typeof environment>): Config {
  const { POD_TEMPLATE, POD_TEMPLATE_NS } = read;
  return {
    logLevel: read.LOG_LEVEL,
    namespaces: read.NAMESPACES,
    podNamePrefix: read.POD_NAME_PREFIX,
    podTemplate: {
      namespace: POD_TEMPLATE_NS ?? DEFAULT_POD_TEMPLATE.namespace,
      name: POD_TEMPLATE ?? DEFAULT_POD_TEMPLATE.name,
      required: POD_TEMPLATE !== undefined || POD_TEMPLATE_NS !== undefined,
    },
    page: {
      image: read.FALLBACK_IMAGE,
      pullSecrets: read.FALLBACK_PULL_SECRETS,
      resources: read.FALLBACK_RESOURCES as Resources | undefined,
    },
    priorityClass: read.FALLBACK_PRIORITY_CLASS,
    allowPrivilegedTemplates: read.ALLOW_PRIVILEGED_TEMPLATES,
    relistSeconds: read.RELIST_SECONDS,
    port: read.PORT,
  };
}

function describe(issue: z.core.$ZodIssue, env: Readonly<Record<string, string | undefined>>) {
  const variable = String(issue.path[0]);
  return `${variable} is ${JSON.stringify(env[variable])}: it ${issue.message}`;
}

/** Whether Services in `namespace` are looked after. */
export function watchesNamespace(config: Config, namespace: string): boolean {
  return config.namespaces.length === 0 || config.namespaces.includes(namespace);
}
