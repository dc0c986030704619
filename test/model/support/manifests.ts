import { PROTECTIONS, SELECTORS, type Step } from "./history";
import { split, type Kind, type Manifest } from "./objects";

/** Of a Pod, whoever makes it. */
export const CONTAINERS = [{ name: "main", image: "busybox", ports: [{ containerPort: 8080 }] }];
const TCP = { name: "web", port: 80, targetPort: 8080, protocol: "TCP" };
/** Which a page does not serve, as its warning says. */
const UDP = { name: "dns", port: 53, targetPort: 53, protocol: "UDP" };

/** What a step makes of an object: its kind, what it is to be (undefined: gone), and its name. */
export function manifestOf(
  step: Extract<Step, { does: "service" | "critical" | "template" | "configMap" }>,
): [Kind, Manifest | undefined, string] {
  switch (step.does) {
    case "service":
      return ["Service", serviceManifest(step), step.name];
    case "critical": {
      const matchLabels = [{ key: "critical", value: "yes" }];
      const spec = { matchLabels, ...PROTECTIONS[step.protection] };
      return ["CriticalService", { metadata: { name: step.name }, spec }, `/${step.name}`];
    }
    case "template": {
      const power = step.state === "privileged" ? { hostNetwork: true } : {};
      const template = { metadata: {}, spec: { containers: CONTAINERS, ...power } };
      const manifest = { metadata: split(step.name), template };
      return ["PodTemplate", step.state === "none" ? undefined : manifest, step.name];
    }
    case "configMap": {
      const metadata = split("shop/page");
      const data = { html: step.html };
      return ["ConfigMap", step.html === undefined ? undefined : { metadata, data }, "shop/page"];
    }
  }
}

function serviceManifest(step: Extract<Step, { does: "service" }>): Manifest {
  const labels: Record<string, string> = step.critical ? { critical: "yes" } : {};
  const spec = {
    type: step.external ? "ExternalName" : "ClusterIP",
    selector: { ...SELECTORS[step.selector] },
    ports: [TCP, ...(step.udp ? [UDP] : [])],
    ipFamilies: ["IPv4"],
  };
  return { metadata: { ...split(step.name), labels }, spec };
}
