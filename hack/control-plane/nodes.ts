const RESOURCES = { cpu: "64", memory: "256Gi", "ephemeral-storage": "1Ti", pods: "10000" };

/** The Node `node-<index>`, which kwok keeps Ready: it has no kubelet. */
export function fakeNode(index: number): object {
  const name = `node-${index}`;
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      annotations: { "kwok.x-k8s.io/node": "fake" },
      labels: {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
      },
    },
    status: {
      capacity: RESOURCES,
      allocatable: RESOURCES,
      addresses: [
        { type: "Hostname", address: name },
        { type: "InternalIP", address: `10.243.${index >> 8}.${index & 255}` },
      ],
    },
  };
}

interface NodeList {
  items: {
    spec: { taints?: unknown[] };
    status: { conditions?: { type: string; status: string }[] };
  }[];
}

/**
 * Whether a NodeList has `count` Nodes that Pods can be scheduled to: Ready, and without the
 * not-ready taint that each new Node is given.
 */
export function areSchedulable(nodeList: string, count: number): boolean {
  const { items } = JSON.parse(nodeList) as NodeList;
  const schedulable = items.filter(
    ({ spec, status }) =>
      spec.taints === undefined &&
      status.conditions?.some(({ type, status }) => type === "Ready" && status === "True"),
  );
  return schedulable.length >= count;
}
