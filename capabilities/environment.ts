import { ConfigError, readConfig, type Config } from "./domain/config";

/**
 * The configuration, read once. A bad value ends the process with a message that names the variable.
 *
 * Imported before Pepr, whose logger takes LOG_LEVEL from the environment when it is imported and
 * throws at a name that is not its own. Pepr's controller, which starts this module in a Pod, has
 * that logger too, so the Deployments' NODE_OPTIONS (package.json) put what was given aside as
 * OPERATOR_LOG_LEVEL before any module is loaded.
 */
export const config = readEnvironment();

/** Pepr runs the module once at build time to learn its bindings; no cluster is there then. */
export const isBuilding = process.env.PEPR_MODE === "build";

/** The bindings that watch run in one Deployment, those of admission in another. */
export const isWatcher = process.env.PEPR_WATCH_MODE === "true" || process.env.PEPR_MODE === "dev";

function readEnvironment(): Config {
  try {
    const { env } = process;
    const given = { ...env, LOG_LEVEL: env.OPERATOR_LOG_LEVEL ?? env.LOG_LEVEL };
    const read = readConfig(env.PEPR_MODE === "build" ? {} : given);
    env.LOG_LEVEL = read.logLevel;
    return read;
  } catch (error) {
    if (error instanceof ConfigError) {
      // The logger is not there yet: it could not be made with a bad LOG_LEVEL.
      console.error(`Configuration: ${error.message}`);
      process.exit(1);
    }
    throw error;
  }
}
