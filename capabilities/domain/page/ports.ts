/** A port of a Service, as its `spec.ports` lists it. */
export interface ServicePort {
  name?: string;
  port: number;
  targetPort?: number | string;
  protocol?: string;
  appProtocol?: string;
}

/** A port that the fallback Pod listens on. */
export interface ServedPort {
  readonly containerPort: number;
  /** The name that a `targetPort` finds it by. */
  readonly name?: string;
}

/** A port of the Service that an HTTP page can't stand in for. */
export interface LeftOutPort {
  /** Name and number of the Service's port, such as `dns (53)`. */
  readonly port: string;
  /** The rest of a sentence about the port. */
  readonly reason: string;
}

export interface PagePorts {
  readonly served: readonly ServedPort[];
  readonly leftOut: readonly LeftOutPort[];
}

/** Where it listens for all of them when an EndpointSlice leads there. */
export const STANDBY_PORT: ServedPort = { containerPort: 8080, name: "standby-page" };

/** Ports for `targetPort`s with a name begin here: no privilege needed, below the ephemeral ones. */
const FIRST_NAMED_PORT = 20_000;

/** What `appProtocol`s say that a page over plain HTTP/1.1 would break; anything unknown is served. */
const NOT_PLAIN_HTTP = new Map(
  Object.entries({
    "TLS, for which there is no certificate": ["https", "tls", "ssl", "wss", "ldaps", "amqps"],
    "HTTP/2 with prior knowledge": ["h2c", "http2", "grpc", "grpc-web", "grpcs"],
    "a protocol that is not HTTP": [
      ...["amqp", "cassandra", "dns", "domain", "ftp", "imap", "kafka", "ldap", "memcached"],
      ...["mongo", "mongodb", "mqtt", "mssql", "mysql", "nats", "pop3", "postgres", "postgresql"],
      ...["redis", "rtmp", "rtsp", "sip", "smtp", "ssh", "telnet", "thrift"],
    ],
  }).flatMap(([reason, protocols]) => protocols.map(protocol => [protocol, reason])),
);

/**
 * The ports that the fallback Pod must listen on to stand behind a Service.
 *
 * A `targetPort` with a name becomes a container port of that name; its number is ours to choose.
 * The result depends on the set of ports, not on their order, so that it compares equal.
 */
export function pagePorts(ports: readonly ServicePort[] = []): PagePorts {
  const targets = new Set<number | string>();
  const leftOut: LeftOutPort[] = [];
  for (const port of ports) {
    const reason = leftOutReason(port);
    if (reason === undefined) {
      targets.add(port.targetPort ?? port.port);
    } else {
      leftOut.push({ port: portLabel(port), reason });
    }
  }
  return { served: serve([...targets]), leftOut };
}

/** Why the page can't stand in for a port, as the rest of a sentence about it; undefined if it can. */
export function leftOutReason({
  protocol = "TCP",
  appProtocol = "",
}: ServicePort): string | undefined {
  if (protocol !== "TCP") {
    return `is ${protocol}, and the fallback page speaks HTTP over TCP`;
  }
  const known = NOT_PLAIN_HTTP.get(appProtocol.toLowerCase().replace(/^kubernetes\.io\//, ""));
  return known && `has the appProtocol ${appProtocol}: ${known}`;
}

function portLabel({ name, port }: ServicePort): string {
  return name ? `${name} (${port})` : String(port);
}

function serve(targets: (number | string)[]): ServedPort[] {
  const numbers = targets.filter(target => typeof target === "number").sort((a, b) => a - b);
  const names = targets.filter(target => typeof target === "string").sort();
  const taken = new Set(numbers);
  let next = FIRST_NAMED_PORT;
  const named = names.map(name => {
    while (taken.has(next)) {
      next++;
    }
    return { containerPort: next++, name };
  });
  return [...numbers.map(containerPort => ({ containerPort })), ...named];
}
