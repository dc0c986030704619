import type { kind } from "kubernetes-fluent-client";
import { ApiError } from "../../capabilities/cluster/api";
import { getConfigMapData, getConfigMapValue } from "../../capabilities/cluster/config-maps";
import { ConfigError, readConfig, type Config } from "../../capabilities/domain/config";
import { MODULE_NAME, MODULE_NAMESPACE } from "../module";
import { getDeployment } from "./cluster-api";

/** The Deployment that watches. */
export const WATCHER = `${MODULE_NAME}-watcher`;

/** The configuration of the operator that runs in the cluster, as far as it can be told. */
export interface OperatorConfig {
  readonly config: Config;
  /** Why it is the default one, a sentence's end; undefined if it is the operator's own. */
  readonly assumed?: string;
}

/**
 * Reads the configuration from the operator's Deployment. Where there is none, or it may not be read,
 * the default one is as good a guess as any.
 *
 * @throws {ApiError} if the API server gives no answer
 */
export async function operatorConfig(): Promise<OperatorConfig> {
  try {
    const deployment = await getDeployment(MODULE_NAMESPACE, WATCHER);
    return deployment
      ? { config: await configOf(deployment) }
      : assumed(`there is no Deployment ${MODULE_NAMESPACE}/${WATCHER}`);
  } catch (error) {
    if (error instanceof ConfigError || (error instanceof ApiError && error.isRefusal)) {
      return assumed(error.message);
    }
    throw error;
  }
}

function assumed(why: string): OperatorConfig {
  return { config: readConfig({}), assumed: why };
}

/**
 * The configuration that a Deployment's environment makes.
 *
 * @throws {ConfigError} that names the variable at fault
 * @throws {ApiError}
 */
export async function configOf(deployment: kind.Deployment): Promise<Config> {
  const [container] = deployment.spec?.template.spec?.containers ?? [];
  const { envFrom = [], env = [] } = container ?? {};
  // The latter win, as in the Pod.
  const given = [...(await Promise.all(envFrom.map(wholeSource))).flat(), ...(await each(env))];
  return readConfig(Object.fromEntries(given));
}

type Container = NonNullable<
  NonNullable<kind.Deployment["spec"]>["template"]["spec"]
>["containers"][number];
type Variable = readonly [name: string, value: string | undefined];

async function wholeSource({
  configMapRef,
  prefix = "",
}: NonNullable<Container["envFrom"]>[number]): Promise<Variable[]> {
  const name = configMapRef?.name;
  const data = name ? await getConfigMapData(MODULE_NAMESPACE, name) : undefined;
  return Object.entries(data ?? {}).map(([key, value]) => [prefix + key, value]);
}

function each(env: NonNullable<Container["env"]>): Promise<Variable[]> {
  return Promise.all(
    env.map(async ({ name, value, valueFrom }): Promise<Variable> => {
      const { name: configMap, key = "" } = valueFrom?.configMapKeyRef ?? {};
      return [name, configMap ? await getConfigMapValue(MODULE_NAMESPACE, configMap, key) : value];
    }),
  );
}
