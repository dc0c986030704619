import type { Platform } from "./platform";
import { ETCD_VERSION, KUBERNETES_VERSION, type BinaryName } from "./versions";

/** Where the projects publish their releases; a test has servers of its own. */
export interface ReleaseHosts {
  kubernetes: string;
  github: string;
}

export const OFFICIAL_HOSTS: ReleaseHosts = {
  kubernetes: "https://dl.k8s.io",
  github: "https://github.com",
};

/** A published file and the checksum file that vouches for it. */
export interface Release {
  origin: string;
  url: string;
  /** The name that the checksum file has for it. */
  file: string;
  checksumsUrl: string;
  /** If the file is a tar.gz: the path of the binary in it. */
  archived?: string;
}

/** @returns the release that has this binary, or why there is none to be trusted */
export function findRelease(
  name: BinaryName,
  { os, arch }: Platform,
  hosts: ReleaseHosts = OFFICIAL_HOSTS,
): Release | string {
  // https://github.com/kubernetes-sigs/kwok/releases has no checksums and no signatures.
  if (name === "kwok") return "kwok publishes no checksums";
  if (name === "etcd") {
    return os === "linux" ? etcdRelease(arch, hosts.github) : `no tar.gz of etcd for ${os}`;
  }
  // https://kubernetes.io/releases/download/: the servers are published for Linux only.
  if (os !== "linux" && name !== "kubectl") return `Kubernetes publishes no ${name} for ${os}`;
  const url = `${hosts.kubernetes}/release/${KUBERNETES_VERSION}/bin/${os}/${arch}/${name}`;
  return { origin: hosts.kubernetes, url, file: name, checksumsUrl: `${url}.sha256` };
}

function etcdRelease(arch: string, origin: string): Release {
  const folder = `${origin}/etcd-io/etcd/releases/download/${ETCD_VERSION}`;
  const stem = `etcd-${ETCD_VERSION}-linux-${arch}`;
  return {
    origin,
    url: `${folder}/${stem}.tar.gz`,
    file: `${stem}.tar.gz`,
    checksumsUrl: `${folder}/SHA256SUMS`,
    archived: `${stem}/etcd`,
  };
}
