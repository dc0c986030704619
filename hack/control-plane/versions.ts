/** The versions of the embedded control plane; the go.mod files in `go/` pin the same ones. */
export const KUBERNETES_VERSION = "v1.36.3";
export const ETCD_VERSION = "v3.6.16";
export const KWOK_VERSION = "v0.8.0";

export const BINARY_NAMES = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubectl",
  "kwok",
] as const;

/** What a node has in addition: parts of Kubernetes that the embedded control plane can do without. */
export const NODE_BINARY_NAMES = ["kubelet", "kube-proxy"] as const;

export type BinaryName = (typeof BINARY_NAMES)[number] | (typeof NODE_BINARY_NAMES)[number];
