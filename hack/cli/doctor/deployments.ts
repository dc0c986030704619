import type { kind } from "kubernetes-fluent-client";
import { ConfigError } from "../../../capabilities/domain/config";
import packageJson from "../../../package.json";
import { MODULE_NAME, MODULE_NAMESPACE } from "../../module";
import { getDeployment, listPodsOf } from "../cluster-api";
import { configOf, WATCHER } from "../operator-config";
import { findingsOf, type Check, type Finding } from "./finding";

const PEPR_TAG = `v${packageJson.dependencies.pepr}`;
const DEPLOY = "deploy the operator: npx pepr deploy, or see docs/operations.md";

/** Whether the half that watches and the half that admits run. */
export const deploymentChecks: Check[] = [
  { name: "watcher", run: () => lookAt("watcher", WATCHER) },
  { name: "admission", run: () => lookAt("admission", MODULE_NAME) },
];

/** Whether the operator can read its environment. */
export const configurationCheck: Check = {
  name: "configuration",
  run: async () => {
    const { ok, warn, fail } = findingsOf("configuration");
    const deployment = await getDeployment(MODULE_NAMESPACE, WATCHER);
    if (!deployment) {
      return warn("there is no watcher that has one", DEPLOY);
    }
    try {
      const { namespaces } = await configOf(deployment);
      return ok(`looks after ${namespaces.length > 0 ? namespaces.join(", ") : "all namespaces"}`);
    } catch (error) {
      if (error instanceof ConfigError) {
        const where = `deployment/${WATCHER} -n ${MODULE_NAMESPACE}`;
        return fail(error.message, `kubectl set env ${where}, or its ConfigMap`);
      }
      throw error;
    }
  },
};

async function lookAt(check: string, name: string): Promise<Finding[]> {
  const deployment = await getDeployment(MODULE_NAMESPACE, name);
  const pods = deployment ? await listPodsOf(MODULE_NAMESPACE, name) : [];
  return deploymentFindings(check, name, deployment, pods);
}

/** A Deployment and its Pods, as far as they matter here. */
type PresentDeployment = Pick<kind.Deployment, "spec" | "status">;
type PresentPod = Pick<kind.Pod, "metadata" | "status">;

/** What is to be said of a Deployment of the operator. */
export function deploymentFindings(
  check: string,
  name: string,
  deployment: PresentDeployment | undefined,
  pods: readonly PresentPod[],
): Finding[] {
  const { fail } = findingsOf(check);
  const full = `${MODULE_NAMESPACE}/${name}`;
  return deployment
    ? [
        readiness(check, name, deployment, pods),
        ...restartFindings(check, pods),
        ...imageFindings(check, deployment),
      ]
    : [fail(`there is no Deployment ${full}`, DEPLOY)];
}

function readiness(
  check: string,
  name: string,
  { spec, status }: PresentDeployment,
  pods: readonly PresentPod[],
): Finding {
  const { ok, warn, fail } = findingsOf(check);
  const wanted = spec?.replicas ?? 1;
  const ready = status?.readyReplicas ?? 0;
  const full = `${MODULE_NAMESPACE}/${name}`;
  if (wanted === 0) {
    const scale = `kubectl scale -n ${MODULE_NAMESPACE} deployment/${name} --replicas=1`;
    return fail(`Deployment ${full} is scaled to 0`, scale);
  }
  const state = `Deployment ${full}: ${ready} of ${wanted} Pod(s) Ready`;
  if (ready >= wanted) {
    return ok(state);
  }
  const found = ready === 0 ? fail : warn;
  const look = `kubectl describe pods -n ${MODULE_NAMESPACE} -l app=${name}`;
  return found([state, ...waiting(pods)].join("; "), look);
}

function restartFindings(check: string, pods: readonly PresentPod[]): Finding[] {
  const { warn } = findingsOf(check);
  return pods.flatMap(({ metadata, status }) => {
    const pod = metadata?.name ?? "";
    return (status?.containerStatuses ?? [])
      .filter(({ restartCount }) => restartCount > 0)
      .map(({ restartCount, lastState }) => {
        const why = lastState?.terminated?.reason;
        const last = why === undefined ? "" : `, the last time for ${why}`;
        const look = `kubectl logs -n ${MODULE_NAMESPACE} --previous ${pod}`;
        return warn(`Pod ${pod} was restarted ${restartCount} time(s)${last}`, look);
      });
  });
}

function imageFindings(check: string, { spec }: PresentDeployment): Finding[] {
  const image = spec?.template.spec?.containers[0]?.image ?? "";
  const text = `image ${image} is not Pepr ${PEPR_TAG}, which this build is made for`;
  return image.endsWith(`:${PEPR_TAG}`) ? [] : [findingsOf(check).warn(text, DEPLOY)];
}

function waiting(pods: readonly PresentPod[]): string[] {
  return pods.flatMap(({ metadata, status }) =>
    (status?.containerStatuses ?? []).flatMap(({ state }) =>
      state?.waiting
        ? `${metadata?.name ?? ""}: ${state.waiting.reason ?? ""} ${state.waiting.message ?? ""}`.trim()
        : [],
    ),
  );
}
