/** The versions of what a node has beside Kubernetes; the go.mod files in `go/` pin the same ones. */
export const CONTAINERD_VERSION = "v2.3.7";
export const RUNC_VERSION = "v1.5.2";
export const CNI_VERSION = "v1.9.1";
/** Of the program in `go/pause`: a change of it needs another number here. */
export const PAUSE_VERSION = "1";

export const CONTAINERD_NAMES = ["containerd", "containerd-shim-runc-v2", "ctr"] as const;
export const CNI_NAMES = ["bridge", "loopback", "host-local", "portmap"] as const;
export const RUNTIME_NAMES = [...CONTAINERD_NAMES, "runc", ...CNI_NAMES, "pause"] as const;

/** A binary of the container runtime. */
export type RuntimeName = (typeof RUNTIME_NAMES)[number];
