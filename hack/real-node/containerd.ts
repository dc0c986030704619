import { createReadStream, mkdirSync, writeFileSync } from "node:fs";
import { BRIDGE, POD_CIDR } from "./network";
import type { Sandbox } from "./sandbox";
import { BIN, inState } from "./state";

/** Where containerd listens, as seen in the sandbox. */
export const CONTAINERD_SOCKET = "/run/containerd/containerd.sock";

const CONFIG = "containerd.toml";

/**
 * Writes the configuration of containerd and of the Pods' network.
 *
 * @param pauseImage the image of each Pod's sandbox
 */
export function writeContainerdConfig(pauseImage: string): void {
  mkdirSync(inState("cni"));
  writeFileSync(inState("cni", "10-bridge.conflist"), JSON.stringify(podNetwork()));
  writeFileSync(
    inState(CONFIG),
    `version = 3

[grpc]
address = "${CONTAINERD_SOCKET}"

[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "${pauseImage}"

[plugins."io.containerd.cri.v1.runtime"]
# Not every root may lower it: it takes CAP_SYS_RESOURCE.
restrict_oom_score_adj = true

[plugins."io.containerd.cri.v1.runtime".cni]
bin_dirs = ["${BIN}"]
conf_dir = "${inState("cni")}"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
BinaryName = "${BIN}/runc"
SystemdCgroup = false
`,
  );
}

export function containerdArgs(): string[] {
  return [`--config=${CONFIG}`];
}

/** Whether containerd answers. */
export async function isContainerdUp(sandbox: Sandbox): Promise<boolean> {
  await sandbox.run(["bin/ctr", "version"]);
  return true;
}

/** Imports an OCI archive for the kubelet. */
export async function importImage(sandbox: Sandbox, file: string): Promise<void> {
  // Over standard input: the sandbox does not see all files of this machine.
  const input = createReadStream(file);
  await sandbox.run(["bin/ctr", "--namespace=k8s.io", "images", "import", "-"], { input });
}

function podNetwork(): object {
  return {
    cniVersion: "1.0.0",
    name: "pods",
    plugins: [
      {
        type: "bridge",
        bridge: BRIDGE,
        isGateway: true,
        // A Pod reaches itself through a Service.
        hairpinMode: true,
        ipam: {
          type: "host-local",
          ranges: [[{ subnet: POD_CIDR }]],
          routes: [{ dst: "0.0.0.0/0" }],
        },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
}
