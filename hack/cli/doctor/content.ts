import { fallbackPods } from "../../../capabilities/cluster/collections";
import { getPodTemplate } from "../cluster-api";
import { operatorConfig } from "../operator-config";
import { findingsOf, type Check, type Finding } from "./finding";

/** Whether there is something for a fallback Pod to run. */
export const podTemplateCheck: Check = {
  name: "PodTemplate",
  run: async () => {
    const { ok, fail } = findingsOf("PodTemplate");
    const { podTemplate, page } = (await operatorConfig()).config;
    const { namespace, name, required } = podTemplate;
    if (await getPodTemplate(namespace, name)) {
      return ok(`${namespace}/${name} is there for CriticalServices that say nothing else`);
    }
    if (required) {
      const fix = "create it, or set POD_TEMPLATE and POD_TEMPLATE_NS to one that is there";
      return fail(
        `${namespace}/${name} is missing, which POD_TEMPLATE or POD_TEMPLATE_NS names`,
        fix,
      );
    }
    return ok(`there is no ${namespace}/${name}: the built-in page does, by ${page.image}`);
  },
};

/** Whether the fallback Pods that are there could start. */
export const fallbackPodCheck: Check = {
  name: "fallback Pods",
  run: async () => fallbackPodFindings((await fallbackPods.list()).items),
};

interface PresentPod {
  metadata?: { namespace?: string; name?: string };
  status?: { containerStatuses?: { state?: { waiting?: Waiting } }[] };
}

interface Waiting {
  reason?: string;
  message?: string;
}

/** What every Pod goes through; anything else has to be looked into. */
const PASSING = new Set(["ContainerCreating", "PodInitializing"]);

/** What is to be said of the fallback Pods. */
export function fallbackPodFindings(pods: readonly PresentPod[]): Finding[] {
  const { ok, fail } = findingsOf("fallback Pods");
  const stuck = pods.flatMap(({ metadata = {}, status }) =>
    (status?.containerStatuses ?? [])
      .flatMap(({ state }) => state?.waiting ?? [])
      .filter(({ reason = "" }) => !PASSING.has(reason))
      .map(({ reason = "", message = "" }) => {
        const { namespace = "", name = "" } = metadata;
        const fix = `kubectl describe pod -n ${namespace} ${name}; FALLBACK_IMAGE sets the page's image`;
        return fail(`${namespace}/${name} can't start: ${reason} ${message}`.trim(), fix);
      }),
  );
  return stuck.length > 0 ? stuck : [ok(`${pods.length} there, and none is stuck`)];
}
