import { writeFileSync } from "node:fs";
import { CGROUP_ROOT } from "./cgroups";
import { CONTAINERD_SOCKET } from "./containerd";
import { NODE_ADDRESS, POD_CIDR } from "./network";
import { inState, kubeconfigOf } from "./state";

export const NODE_NAME = "node-1";

const CONFIG = "kubelet.json";

export function writeKubeletConfig(): void {
  const config = {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    // kube-apiserver has no client certificate; only this machine reaches the kubelet.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: "AlwaysAllow" },
    containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
    cgroupDriver: "cgroupfs",
    cgroupRoot: CGROUP_ROOT,
    failCgroupV1: false,
    failSwapOn: false,
    volumePluginDir: inState("volume-plugins"),
    // There is no DNS in the cluster, and nothing outside that a Pod could reach.
    clusterDNS: [],
    resolvConf: "",
    // The node shares its disk with all that is on this machine; and an image that is gone could
    // not be pulled again.
    evictionHard: { "memory.available": "50Mi", "nodefs.available": "1%" },
    imageGCHighThresholdPercent: 100,
  };
  writeFileSync(inState(CONFIG), JSON.stringify(config, undefined, 2));
}

export function kubeletArgs(): string[] {
  return [
    `--config=${CONFIG}`,
    `--kubeconfig=${kubeconfigOf("kubelet")}`,
    `--hostname-override=${NODE_NAME}`,
    `--node-ip=${NODE_ADDRESS}`,
  ];
}

/**
 * @param minSync the least time from one of its syncs to the next, as in Go ("10ms"); kube-proxy
 *   takes 0 for its default, 1 s
 */
export function kubeProxyArgs(minSync: string): string[] {
  return [
    `--kubeconfig=${kubeconfigOf("kube-proxy")}`,
    "--proxy-mode=nftables",
    // In spite of its name it is for nftables as well.
    `--iptables-min-sync-period=${minSync}`,
    `--cluster-cidr=${POD_CIDR}`,
    `--hostname-override=${NODE_NAME}`,
    // The limit is one for all network namespaces of the machine.
    "--conntrack-max-per-core=0",
  ];
}
