import { setTimeout as sleep } from "node:timers/promises";
import type { Kubectl } from "../../kubectl";

const NAMESPACE = "shop";
const COLD = ["cart", "search", "prices", "orders", "images", "login"];
const WARM = ["checkout", "payment"];
const NOT_CRITICAL = ["batch", "staging"];
const PAUSE_MS = 20_000;
const MISSING_TEMPLATE = "late";

/** Plays some bad minutes of a small shop, in which a few Services lose their Pods. */
export async function playStory(kubectl: Kubectl, print: (line: string) => void): Promise<void> {
  const scene = async (title: string, ...actions: Promise<unknown>[]) => {
    print(title);
    await Promise.all(actions);
    await sleep(PAUSE_MS);
  };
  const lose = (name: string) => kubectl.delete("pod", name, "-n", NAMESPACE);
  const all = [...COLD, ...WARM];

  await kubectl.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
  await kubectl.apply(...all.map(pod), ...[...all, ...NOT_CRITICAL].map(service));
  await scene("A shop, not yet protected");
  await kubectl.apply(...COLD.map(name => critical(name, {})));
  await kubectl.apply(...WARM.map(name => critical(name, { standby: "Warm" })));
  await scene("Its Services are critical now");
  await scene("One loses its Pod", lose("cart"));
  await scene("A warm standby takes over, too", lose("checkout"));
  await scene("Three at once", ...["search", "prices", "orders"].map(lose));
  await kubectl.apply(critical("images", { podTemplate: template() }));
  await scene("One whose fallback is to run a PodTemplate that is not there", lose("images"));
  await kubectl.apply(...["cart", "checkout", "search"].map(pod));
  await scene("Some are back");
  await kubectl.apply({
    apiVersion: "v1",
    kind: "PodTemplate",
    metadata: { name: MISSING_TEMPLATE, namespace: NAMESPACE },
    template: { spec: { containers: [{ name: "page", image: "example.com/page:1" }] } },
  });
  await scene("The PodTemplate is there now");
  await kubectl.apply(...["prices", "orders", "images"].map(pod));
  await scene("All are back");
  await scene("One is lost again", lose("prices"));
}

function template(): object {
  return { namespace: NAMESPACE, name: MISSING_TEMPLATE };
}

function pod(name: string): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: NAMESPACE, labels: { app: name } },
    spec: { containers: [{ name: "app", image: "example.com/app:1" }] },
  };
}

function service(name: string): object {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace: NAMESPACE, labels: { app: name } },
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] },
  };
}

function critical(name: string, more: object): object {
  return {
    apiVersion: "mycrd.com/v1",
    kind: "CriticalService",
    metadata: { name },
    spec: { namespace: NAMESPACE, matchLabels: [{ key: "app", value: name }], ...more },
  };
}
