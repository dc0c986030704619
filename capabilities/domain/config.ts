import { z } from "zod";

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

const environment = z.object({
  LOG_LEVEL: z
    .string()
    .default("info")
    .transform(level => PYTHON_LEVELS[level.toLowerCase()] ?? level.toLowerCase())
    .pipe(z.enum(PINO_LEVELS, `must be one of ${LEVELS_ALLOWED}`)),
  NAMESPACES: z
    .string()
    .default("")
    .transform(list => list.split(",").map(item => item.trim()))
    .transform(items => items.filter(item => item !== ""))
    .pipe(z.array(name("a comma-separated list of namespaces, each", 63))),
  POD_NAME_PREFIX: name("the beginning of a Pod's name", 63).default("service-watcher"),
  POD_TEMPLATE: name("a PodTemplate's name", 253).default("critical-service-pod-template"),
  POD_TEMPLATE_NS: name("a namespace's name", 63).default("linux-mag"),
  PORT: z.coerce
    .number("must be a port number from 1 to 65535")
    .int("must be a port number from 1 to 65535")
    .min(1, "must be a port number from 1 to 65535")
    .max(65535, "must be a port number from 1 to 65535")
    .default(3000),
});

export type LogLevel = (typeof PINO_LEVELS)[number];

/** What the operator was told by its environment. */
export interface Config {
  readonly logLevel: LogLevel;
  /** Namespaces whose Services are looked after; empty: all. */
  readonly namespaces: readonly string[];
  /** A fallback Pod is called `<podNamePrefix>-<service>`. */
  readonly podNamePrefix: string;
  readonly podTemplate: { readonly namespace: string; readonly name: string };
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
  const { LOG_LEVEL, NAMESPACES, POD_NAME_PREFIX, POD_TEMPLATE, POD_TEMPLATE_NS, PORT } =
    result.data;
  return {
    logLevel: LOG_LEVEL,
    namespaces: NAMESPACES,
    podNamePrefix: POD_NAME_PREFIX,
    podTemplate: { namespace: POD_TEMPLATE_NS, name: POD_TEMPLATE },
    port: PORT,
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
