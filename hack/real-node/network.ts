import { spawnSync } from "node:child_process";
import { run } from "./run";
import type { Sandbox } from "./sandbox";

/** The address of the node, for the API, the kubelet and NodePorts. */
export const NODE_ADDRESS = "10.98.0.2";
/** The address that this machine has for the node and its Pods. */
export const HOST_ADDRESS = "10.98.0.1";
export const POD_CIDR = "10.86.0.0/16";
export const SERVICE_CIDR = "10.97.0.0/16";
/** The bridge of the Pods, in the network namespace of the node. */
export const BRIDGE = "critsvc-pods";

const HOST_LINK = "critsvc-node";
const NODE_LINK = "eth0";

/**
 * Connects the network namespace of the node to that of this machine, which reaches Pods and
 * Services through the node. The node has no route to anywhere else.
 */
export async function connect(sandbox: Sandbox): Promise<void> {
  const outside = [
    `link add ${HOST_LINK} type veth peer name ${NODE_LINK} netns ${sandbox.pid}`,
    `address add ${HOST_ADDRESS}/30 dev ${HOST_LINK}`,
    `link set ${HOST_LINK} up`,
  ];
  const inside = [
    `address add ${NODE_ADDRESS}/30 dev ${NODE_LINK}`,
    `link set ${NODE_LINK} up`,
    // kube-apiserver calls webhooks by ClusterIP: without a route nothing gets as far as kube-proxy.
    `route add ${SERVICE_CIDR} dev ${NODE_LINK}`,
  ];
  const routes = [POD_CIDR, SERVICE_CIDR].map(cidr => `route add ${cidr} via ${NODE_ADDRESS}`);
  await run(["ip", "-batch", "-"], { input: lines(outside) });
  await sandbox.run(["ip", "-batch", "-"], { input: lines(inside) });
  await run(["ip", "-batch", "-"], { input: lines(routes) });
}

/** Removes the link to the node, and the routes with it. */
export function disconnect(): void {
  spawnSync("ip", ["link", "delete", HOST_LINK]);
}

function lines(commands: string[]): string {
  return commands.map(command => `${command}\n`).join("");
}
