import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { startControlPlane } from "./control-plane";
import { freePort } from "./control-plane/ports";
import { installModule, installPepr } from "./installation";
import { findKubectl, Kubectl } from "./kubectl";
import { buildModule, MODULE_NAMESPACE, MODULE_NAME, type BuiltModule } from "./module";
import { OperatorProcess } from "./operator";
import { NAMESPACE } from "./scenario";

type Print = (line: string) => void;

/** A cluster with the operator running against it. */
export interface Session {
  readonly kubectl: Kubectl;
  readonly operator: OperatorProcess;
  /** Port of the operator's metrics, on loopback. */
  readonly metricsPort: number;
  /** Folder of the kubectl in use. */
  readonly binDir: string;
  /** Milliseconds that one step of the scenario may take there. */
  readonly timeoutMs: number;
  /** Ends the operator and takes away what the session made. */
  close(): Promise<void>;
}

/** A control plane of its own on loopback, with the operator as it runs in a cluster. */
export async function openEmbedded(print: Print): Promise<Session> {
  const module = await build(print);
  const controlPlane = await startControlPlane({ progress: print });
  const { kubeconfig, binDir, dir } = controlPlane;
  process.env.KUBECONFIG = kubeconfig;
  const kubectl = new Kubectl(join(binDir, "kubectl"), kubeconfig);
  const port = await freePort();
  const permitted = { module, kubeconfig: await installModule(kubectl, module, { port, dir }) };
  const admission = new OperatorProcess({
    ...permitted,
    role: "admission",
    port,
    dir: join(dir, "admission"),
  });
  const metricsPort = await freePort();
  const operator = new OperatorProcess({
    ...permitted,
    role: "watcher",
    port: metricsPort,
    dir: join(dir, "watcher"),
  });
  return {
    kubectl,
    operator,
    metricsPort,
    binDir,
    timeoutMs: 60_000,
    close: async () => {
      await Promise.all([operator.stop(), admission.stop()]);
      await controlPlane.stop();
    },
  };
}

/**
 * A cluster that is there already, with the watching half of the operator beside it: the cluster
 * can't call webhooks here. It looks after the scenario's namespace only.
 *
 * @throws Error if the scenario's namespace is taken
 */
export async function openExisting(file: string, print: Print): Promise<Session> {
  const kubeconfig = resolve(file);
  process.env.KUBECONFIG = kubeconfig;
  const binary = await findKubectl(print);
  const kubectl = new Kubectl(binary, kubeconfig);
  if (await kubectl.has("namespace", NAMESPACE)) {
    throw new Error(`Namespace ${NAMESPACE} is there already; the scenario needs it for itself`);
  }
  const module = await build(print);
  const made = await notThereYet(kubectl);
  await installPepr(kubectl);
  const dir = mkdtempSync(join(tmpdir(), "critical-service-operator-"));
  const env = { NAMESPACES: NAMESPACE };
  const port = await freePort();
  const operator = new OperatorProcess({ role: "watcher", module, kubeconfig, port, dir, env });
  return {
    kubectl,
    operator,
    metricsPort: port,
    binDir: dirname(binary),
    timeoutMs: 180_000,
    close: async () => {
      await operator.stop();
      print("\nCleaning up");
      for (const what of made) {
        await kubectl.delete(...what);
      }
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** What the session is going to make, in the order in which to delete it. */
async function notThereYet(kubectl: Kubectl): Promise<string[][]> {
  const missing: string[][] = [];
  const mine = [
    ["criticalservice", "frontend"],
    ["namespace", NAMESPACE],
    ["crd", "criticalservices.mycrd.com"],
    ["peprstore", `${MODULE_NAME}-store`, `${MODULE_NAME}-schedule`, "-n", MODULE_NAMESPACE],
    ["namespace", MODULE_NAMESPACE],
    ["crd", "peprstores.pepr.dev"],
  ];
  for (const what of mine) {
    // Of a kind that is not served yet there is nothing.
    const present = await kubectl.has(...what).catch(() => false);
    if (!present) {
      missing.push(what);
    }
  }
  return missing;
}

async function build(print: Print): Promise<BuiltModule> {
  print("Building the module (npx pepr build)");
  return buildModule();
}
