import type { FallbackPod } from "./fallback-pod";
import { leftOutReason, STANDBY_PORT } from "./page/ports";
import type { ServiceRecord } from "./service";

interface StandbyPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
}

/**
 * Where the standby Pod answers for each port of the Service.
 *
 * An EndpointSlice has port numbers of its own, so a page has one unprivileged port for all of them.
 * Any other Pod is asked on the Service's `targetPort`, by number or by the name of a container port;
 * a port whose name it does not have is left out.
 */
export function portsOfStandby(
  { ports }: Pick<ServiceRecord, "ports">,
  pod: Pick<FallbackPod, "ports">,
): StandbyPort[] {
  const page = pod.ports.find(({ name }) => name === STANDBY_PORT.name);
  const standing = page ? ports.filter(port => leftOutReason(port) === undefined) : ports;
  return standing.flatMap(({ name = "", port, targetPort = port, protocol = "TCP" }) => {
    const number =
      page?.containerPort ??
      (typeof targetPort === "number" ? targetPort : portOfName(pod, targetPort, protocol));
    return number === undefined ? [] : [{ name, port: number, protocol }];
  });
}

function portOfName(
  pod: Pick<FallbackPod, "ports">,
  wanted: string,
  wantedProtocol: string,
): number | undefined {
  return pod.ports.find(
    ({ name, protocol = "TCP" }) => name === wanted && protocol === wantedProtocol,
  )?.containerPort;
}
