/** The fields of a Pod's spec that give it power beyond its namespace. */
interface Privileges {
  hostNetwork?: boolean;
  hostPID?: boolean;
  hostIPC?: boolean;
  serviceAccountName?: string;
  serviceAccount?: string;
  volumes?: { hostPath?: object }[];
  containers?: Container[];
  initContainers?: Container[];
  securityContext?: { windowsOptions?: { hostProcess?: boolean } };
}

interface Container {
  ports?: { hostPort?: number }[];
  securityContext?: {
    privileged?: boolean;
    capabilities?: { add?: string[] };
    procMount?: string;
    windowsOptions?: { hostProcess?: boolean };
  };
}

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
export function privilegedFields(spec: Privileges): string[] {
  return [...podFields(spec), ...volumeFields(spec), ...containerFields(spec)].map(
    field => `template.spec.${field}`,
  );
}

function podFields(spec: Privileges): string[] {
  const host = (["hostNetwork", "hostPID", "hostIPC"] as const).filter(field => spec[field]);
  const accounts = (["serviceAccountName", "serviceAccount"] as const).filter(
    field => !["", "default", undefined].includes(spec[field]),
  );
  const windows = spec.securityContext?.windowsOptions?.hostProcess;
  return [...host, ...accounts, ...(windows ? ["securityContext.windowsOptions.hostProcess"] : [])];
}

function volumeFields({ volumes = [] }: Privileges): string[] {
  return volumes.flatMap(({ hostPath }, index) => (hostPath ? [`volumes[${index}].hostPath`] : []));
}

function containerFields(spec: Privileges): string[] {
  return (["containers", "initContainers"] as const).flatMap(list =>
    (spec[list] ?? []).flatMap((container, index) =>
      fieldsOf(container).map(field => `${list}[${index}].${field}`),
    ),
  );
}

function fieldsOf({ ports = [], securityContext = {} }: Container): string[] {
  const { privileged, capabilities, procMount, windowsOptions } = securityContext;
  const added = capabilities?.add ?? [];
  const questions: [string, boolean][] = [
    ["securityContext.privileged", privileged === true],
    ["securityContext.capabilities.add", added.length > 0],
    ["securityContext.procMount", (procMount ?? "Default") !== "Default"],
    ["securityContext.windowsOptions.hostProcess", windowsOptions?.hostProcess === true],
    ...ports.map(({ hostPort }, index): [string, boolean] => [
      `ports[${index}].hostPort`,
      (hostPort ?? 0) !== 0,
    ]),
  ];
  return questions.filter(([, yes]) => yes).map(([field]) => field);
}
