import type { ObjectMeta } from "./kubernetes";

/** The fields of a Pod's template that give it power beyond its namespace. */
interface Privileges {
  hostNetwork?: boolean;
  hostPID?: boolean;
  hostIPC?: boolean;
  serviceAccountName?: string;
  serviceAccount?: string;
  volumes?: { hostPath?: object }[];
  containers?: Container[];
  initContainers?: Container[];
  securityContext?: SecurityContext & { sysctls?: { name?: string }[] };
}

/** What a Pod and a container may say alike. */
interface SecurityContext {
  windowsOptions?: { hostProcess?: boolean };
  seLinuxOptions?: { type?: string; user?: string; role?: string; level?: string };
  seccompProfile?: { type?: string };
  appArmorProfile?: { type?: string };
}

interface Container {
  ports?: { hostPort?: number }[];
  securityContext?: SecurityContext & {
    privileged?: boolean;
    capabilities?: { add?: string[]; drop?: string[] };
    procMount?: string;
  };
  lifecycle?: { postStart?: Handler; preStop?: Handler };
  livenessProbe?: Handler;
  readinessProbe?: Handler;
  startupProbe?: Handler;
}

/** What the kubelet does; with a `host`, it asks another one than the Pod. */
interface Handler {
  httpGet?: { host?: string; path?: string };
  tcpSocket?: { host?: string };
}

interface Template {
  metadata?: ObjectMeta;
  spec: Privileges;
}

type Question = readonly [field: string, isPrivileged: boolean];

const APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";
const SELINUX_TYPES = ["container_t", "container_init_t", "container_kvm_t", "container_engine_t"];
const SAFE_SYSCTLS = [
  ...["kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies"],
  ...["net.ipv4.ip_unprivileged_port_start", "net.ipv4.ping_group_range"],
  ...["net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time"],
  ...["net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl"],
  ...["net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"],
];

/**
 * The fields by which a Pod would get power over its Node, or the rights of a service account.
 *
 * Who may write a CriticalService has the operator create Pods in every namespace; the operator's
 * rights must not become theirs. These are the fields that the Pod Security Standard "baseline"
 * restricts, and the service account.
 *
 * @returns their paths in the PodTemplate, such as `template.spec.hostNetwork`
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function privilegedFields({ metadata, spec }: Template): string[] {
  const fields = [...podFields(spec), ...volumeFields(spec), ...containerFields(spec)];
  return [...annotationFields(metadata), ...fields.map(field => `template.spec.${field}`)];
}

function podFields(spec: Privileges): string[] {
  const { securityContext = {}, serviceAccountName = "", serviceAccount = "" } = spec;
  const { sysctls = [] } = securityContext;
  return yes([
    ["hostNetwork", spec.hostNetwork === true],
    ["hostPID", spec.hostPID === true],
    ["hostIPC", spec.hostIPC === true],
    ["serviceAccountName", !["", "default"].includes(serviceAccountName)],
    ["serviceAccount", !["", "default"].includes(serviceAccount)],
    ...securityQuestions(securityContext),
    ...sysctls.map(
      ({ name = "" }, index): Question => [
        `securityContext.sysctls[${index}]`,
        !SAFE_SYSCTLS.includes(name),
      ],
    ),
  ]);
}

function volumeFields({ volumes = [] }: Privileges): string[] {
  return volumes.flatMap(({ hostPath }, index) => (hostPath ? [`volumes[${index}].hostPath`] : []));
}

/** The older way to choose a container's AppArmor profile. */
function annotationFields({ annotations = {} }: ObjectMeta = {}): string[] {
  return Object.entries(annotations)
    .filter(
      ([key, value]) =>
        key.startsWith(APP_ARMOR) && !/^(runtime\/default|localhost\/.*|)$/.test(value),
    )
    .map(([key]) => `template.metadata.annotations[${JSON.stringify(key)}]`);
}

function containerFields(spec: Privileges): string[] {
  return (["containers", "initContainers"] as const).flatMap(list =>
    (spec[list] ?? []).flatMap((container, index) =>
      fieldsOf(container).map(field => `${list}[${index}].${field}`),
    ),
  );
}

function fieldsOf(container: Container): string[] {
  const { ports = [], securityContext = {} } = container;
  const { privileged, capabilities, procMount = "Default" } = securityContext;
  return yes([
    ["securityContext.privileged", privileged === true],
    ["securityContext.capabilities.add", (capabilities?.add ?? []).length > 0],
    ["securityContext.procMount", procMount !== "Default"],
    ...securityQuestions(securityContext),
    ...ports.map(
      ({ hostPort = 0 }, index): Question => [`ports[${index}].hostPort`, hostPort !== 0],
    ),
    ...handlerQuestions(container),
  ]);
}

function securityQuestions(context: SecurityContext): Question[] {
  const { windowsOptions, seLinuxOptions = {}, seccompProfile, appArmorProfile } = context;
  const { type = "", user = "", role = "" } = seLinuxOptions;
  return [
    ["securityContext.windowsOptions.hostProcess", windowsOptions?.hostProcess === true],
    ["securityContext.seLinuxOptions.type", type !== "" && !SELINUX_TYPES.includes(type)],
    ["securityContext.seLinuxOptions.user", user !== ""],
    ["securityContext.seLinuxOptions.role", role !== ""],
    ["securityContext.seccompProfile", seccompProfile?.type === "Unconfined"],
    ["securityContext.appArmorProfile", appArmorProfile?.type === "Unconfined"],
  ];
}

function handlerQuestions(container: Container): Question[] {
  const { lifecycle = {}, livenessProbe, readinessProbe, startupProbe } = container;
  const handlers = {
    ...{ livenessProbe, readinessProbe, startupProbe },
    "lifecycle.postStart": lifecycle.postStart,
    "lifecycle.preStop": lifecycle.preStop,
  };
  return Object.entries(handlers).flatMap(([field, handler]): Question[] => [
    [`${field}.httpGet.host`, (handler?.httpGet?.host ?? "") !== ""],
    [`${field}.tcpSocket.host`, (handler?.tcpSocket?.host ?? "") !== ""],
  ]);
}

function yes(questions: readonly Question[]): string[] {
  return questions.filter(([, isPrivileged]) => isPrivileged).map(([field]) => field);
}
