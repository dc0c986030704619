import { join } from "node:path";
import { defaultSources, getBinaries } from "../control-plane/binaries";
import { cacheFolder } from "../control-plane/cache";
import { folderSource } from "../control-plane/folder-source";
import { goBuildSource, type GoTool } from "../control-plane/go-build";
import type { Source } from "../control-plane/source";
import { NODE_BINARY_NAMES } from "../control-plane/versions";
import { BUILD_REQUIREMENTS, ensurePackages } from "./packages";
import {
  CNI_VERSION,
  CONTAINERD_VERSION,
  PAUSE_VERSION,
  RUNC_VERSION,
  RUNTIME_NAMES,
  type RuntimeName,
} from "./versions";

/** The parts of Kubernetes that run on the node. */
export const KUBERNETES_NAMES = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  ...NODE_BINARY_NAMES,
] as const;

export type NodeBinaryName = (typeof KUBERNETES_NAMES)[number] | RuntimeName;
export type NodeBinaries = Record<NodeBinaryName, string>;

/**
 * Gets the binaries of the node, each from the first source which has it: the folder
 * KUBEBUILDER_ASSETS, the project's cache, the official release of Kubernetes, a build with Go.
 *
 * @param progress told which binary is being downloaded or built, and how far that is
 * @throws if a binary cannot be had; the message has the reason of each source and what to do
 */
export async function ensureNodeBinaries(
  progress: (message: string) => void,
): Promise<NodeBinaries> {
  const kubernetes = await getBinaries(KUBERNETES_NAMES, defaultSources(), progress);
  const runtime = await getBinaries(RUNTIME_NAMES, runtimeSources(progress), progress);
  return { ...kubernetes, ...runtime };
}

function runtimeSources(progress: (message: string) => void): Source<RuntimeName>[] {
  const builds = goBuildSource(runtimeCache(), runtimeTool);
  return [
    ...runtimeFolders(),
    {
      description: builds.description,
      async get(name, report) {
        if (runtimeTool(name).cgo) await ensurePackages(BUILD_REQUIREMENTS, progress);
        return builds.get(name, report);
      },
    },
  ];
}

/** Where the container runtime may be already. */
function runtimeFolders(): Source<string>[] {
  return [
    folderSource("KUBEBUILDER_ASSETS", process.env.KUBEBUILDER_ASSETS),
    folderSource("the cache", runtimeCache()),
  ];
}

function runtimeCache(): string {
  const versions =
    `containerd-${CONTAINERD_VERSION}_runc-${RUNC_VERSION}` +
    `_cni-${CNI_VERSION}_pause-${PAUSE_VERSION}`;
  return join(cacheFolder(versions), "bin");
}

const CNI = "github.com/containernetworking/plugins/plugins";

const CNI_PACKAGES: Partial<Record<RuntimeName, string>> = {
  bridge: `${CNI}/main/bridge`,
  loopback: `${CNI}/main/loopback`,
  "host-local": `${CNI}/ipam/host-local`,
  portmap: `${CNI}/meta/portmap`,
};

function runtimeTool(name: RuntimeName): GoTool {
  const module = (folder: string): string => join(__dirname, "go", folder);
  if (name === "pause") return { module: module("pause"), package: "." };
  if (name === "runc") {
    return {
      module: module("runc"),
      package: "github.com/opencontainers/runc",
      ldflags: `-X main.version=${RUNC_VERSION.slice(1)}`,
      tags: "seccomp",
      cgo: true,
    };
  }
  const plugin = CNI_PACKAGES[name];
  if (plugin !== undefined) return { module: module("cni"), package: plugin };
  return {
    module: module("containerd"),
    package: `github.com/containerd/containerd/v2/cmd/${name}`,
    ldflags: `-X github.com/containerd/containerd/v2/version.Version=${CONTAINERD_VERSION}`,
    // Snapshotters with needs of their own, which the node does not use.
    tags: "no_btrfs no_devmapper no_zfs",
  };
}
