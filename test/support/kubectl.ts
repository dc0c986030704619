import { join } from "node:path";
import type { ControlPlane } from "../../hack/control-plane";
import { Kubectl } from "../../hack/kubectl";

/** The kubectl of a control plane. */
export function kubectlOf({
  binDir,
  kubeconfig,
}: Pick<ControlPlane, "binDir" | "kubeconfig">): Kubectl {
  return new Kubectl(join(binDir, "kubectl"), kubeconfig);
}

/** Runs it once. @returns what it prints, without the end of the last line */
export async function kubectl(
  controlPlane: Pick<ControlPlane, "binDir" | "kubeconfig">,
  ...args: string[]
): Promise<string> {
  return (await kubectlOf(controlPlane).run(args)).trim();
}
