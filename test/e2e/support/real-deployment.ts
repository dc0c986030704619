import { realPodSpec } from "../../../hack/bench/pods";

/** A Deployment of Pods that a Service with the selector `app: <app>` finds. */
export function realDeployment(
  namespace: string,
  app: string,
  options: Parameters<typeof realPodSpec>[0] = {},
): object {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { namespace, name: app },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app } },
      template: { metadata: { labels: { app } }, spec: realPodSpec(options) },
    },
  };
}
