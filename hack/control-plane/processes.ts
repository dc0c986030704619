import { join } from "node:path";
import { SERVICE_ACCOUNT_KEY, TOKEN_FILE } from "./credentials";

/** Where kube-apiserver writes its serving certificate, relative to the control plane's folder. */
export const SERVING_CERTIFICATE = "certs/apiserver.crt";
export const AUDIT_LOG = "audit.log";
export const AUDIT_POLICY_FILE = "audit-policy.yaml";

export const AUDIT_POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  # What a write of these asked for and came to says whose object it was.
  - level: RequestResponse
    verbs: [create, update, patch, delete]
    resources:
      - group: ""
        resources: [pods]
      - group: discovery.k8s.io
        resources: [endpointslices]
  - level: Metadata
`;

const AUDIT_ARGS = [
  `--audit-policy-file=${AUDIT_POLICY_FILE}`,
  `--audit-log-path=${AUDIT_LOG}`,
  // In MiB: whoever follows the file would lose what is in it when another takes its place.
  "--audit-log-maxsize=100000",
];

// Unix sockets in the control plane's folder instead of TCP ports: etcd asks nobody for a
// password, and a socket in a folder of mode 0700 is for this user alone. Relative to the working
// folder, as a socket's path is limited to about 100 bytes; etcd insists on "host:port".
const ETCD_CLIENT_URL = "unix://etcd.sock:1";
const ETCD_PEER_URL = "unix://etcd.sock:2";

/** The name of the socket of `ETCD_CLIENT_URL` in the control plane's folder. */
export const ETCD_SOCKET = "etcd.sock:1";

export function etcdArgs(): string[] {
  return [
    "--data-dir=etcd",
    `--listen-client-urls=${ETCD_CLIENT_URL}`,
    `--advertise-client-urls=${ETCD_CLIENT_URL}`,
    `--listen-peer-urls=${ETCD_PEER_URL}`,
    `--initial-advertise-peer-urls=${ETCD_PEER_URL}`,
    `--initial-cluster=default=${ETCD_PEER_URL}`,
    // A single member of a database that is thrown away: nothing to wait for.
    "--unsafe-no-fsync",
    "--heartbeat-interval=10",
    "--election-timeout=100",
    "--log-level=warn",
  ];
}

/** What of kube-apiserver depends on whether there is a real node. */
export interface ApiserverSurroundings {
  bind: string;
  /** The address of the Service "kubernetes". */
  advertise: string;
  /** CIDR of the addresses of Services. */
  services: string;
  authorizationMode: string;
}

// The Service "kubernetes" needs an address which is not loopback. Nothing connects to it: this one
// is reserved for documentation (RFC 5737), so no network interface is needed.
const LOOPBACK: ApiserverSurroundings = {
  bind: "127.0.0.1",
  advertise: "192.0.2.1",
  services: "10.96.0.0/16",
  authorizationMode: "RBAC",
};

export function apiserverArgs(
  port: number,
  audit: boolean,
  { bind, advertise, services, authorizationMode }: ApiserverSurroundings = LOOPBACK,
): string[] {
  return [
    `--etcd-servers=${ETCD_CLIENT_URL}`,
    "--cert-dir=certs",
    `--bind-address=${bind}`,
    `--secure-port=${port}`,
    `--advertise-address=${advertise}`,
    `--service-cluster-ip-range=${services}`,
    "--allow-privileged=true",
    `--token-auth-file=${TOKEN_FILE}`,
    `--authorization-mode=${authorizationMode}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${SERVICE_ACCOUNT_KEY}`,
    `--service-account-signing-key-file=${SERVICE_ACCOUNT_KEY}`,
    ...(audit ? AUDIT_ARGS : []),
  ];
}

export function controllerManagerArgs(kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    "--leader-elect=false",
    "--secure-port=0",
    `--service-account-private-key-file=${SERVICE_ACCOUNT_KEY}`,
    `--root-ca-file=${SERVING_CERTIFICATE}`,
    // The defaults suit a shared API server; here a test with many Services would wait for them.
    "--kube-api-qps=500",
    "--kube-api-burst=1000",
    // kwok's Nodes do not die. A watch of their leases that stalls after the API server was killed is not
    // to make one NotReady, whose Pods are then neither scheduled nor Ready.
    "--node-monitor-grace-period=24h",
  ];
}

export function schedulerArgs(kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    "--leader-elect=false",
    "--secure-port=0",
    "--kube-api-qps=500",
    "--kube-api-burst=1000",
  ];
}

export function kwokArgs(kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--config=${join(__dirname, "kwok-stages.yaml")}`,
    "--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake",
    "--node-lease-duration-seconds=40",
    "--cidr=10.244.0.0/16",
  ];
}
