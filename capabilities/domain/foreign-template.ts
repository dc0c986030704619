import type { PodTemplateSpec } from "./kubernetes";

/** What of a Pod's spec leads to things of the namespace that it runs in. */
interface Borrowing {
  automountServiceAccountToken?: boolean;
  volumes?: object[];
  containers?: Container[];
  initContainers?: Container[];
  resourceClaims?: object[];
}

interface Container {
  env?: { value?: string; valueFrom?: { secretKeyRef?: object; fieldRef?: object } }[];
  envFrom?: { secretRef?: object; configMapRef?: object }[];
}

/** Kinds of volumes that hold nothing secret of the namespace. All others are refused, new ones too. */
const HARMLESS_VOLUMES = ["configMap", "downwardAPI", "emptyDir", "image"];
const HARMLESS_SOURCES = ["clusterTrustBundle", "configMap", "downwardAPI"];

/**
 * The fields by which a Pod would get at Secrets, volumes, devices or the service account of the
 * namespace that it runs in.
 *
 * Who writes PodTemplates in one namespace has no say in another. Without this rule they would have,
 * together with the author of a CriticalService, by a Pod of theirs that reads that other namespace's
 * Secrets and serves them to whoever asks its Service.
 *
 * @returns their paths in the PodTemplate, such as `template.spec.volumes[0].secret`
 */
export function borrowedFields(spec: Borrowing): string[] {
  const { automountServiceAccountToken, resourceClaims = [] } = spec;
  return [
    ...(automountServiceAccountToken === true ? ["automountServiceAccountToken"] : []),
    ...(resourceClaims.length > 0 ? ["resourceClaims"] : []),
    ...(spec.volumes ?? []).flatMap((volume, index) => volumeFields(volume, `volumes[${index}]`)),
    ...containerFields("containers", spec.containers),
    ...containerFields("initContainers", spec.initContainers),
  ].map(field => `template.spec.${field}`);
}

function volumeFields(volume: { projected?: { sources?: object[] } }, path: string): string[] {
  const { projected, ...others } = volume;
  const sources = (projected?.sources ?? []).flatMap(source => Object.keys(source));
  return [
    ...refused(Object.keys(others), ["name", ...HARMLESS_VOLUMES], path),
    ...refused(sources, HARMLESS_SOURCES, `${path}.projected`),
  ];
}

function refused(kinds: readonly string[], harmless: readonly string[], path: string): string[] {
  return kinds.filter(kind => !harmless.includes(kind)).map(kind => `${path}.${kind}`);
}

function containerFields(list: string, containers: readonly Container[] = []): string[] {
  return containers.flatMap(({ env = [], envFrom = [] }, index) => [
    ...env.flatMap(({ valueFrom }, at) =>
      valueFrom?.secretKeyRef ? [`${list}[${index}].env[${at}].valueFrom.secretKeyRef`] : [],
    ),
    ...envFrom.flatMap(({ secretRef }, at) =>
      secretRef ? [`${list}[${index}].envFrom[${at}].secretRef`] : [],
    ),
  ]);
}

/**
 * What of a PodTemplate runs in a namespace other than its own: the spec, without the service account's
 * token. Its labels could attract the clients of other Services there and open NetworkPolicies; its
 * annotations tell admission webhooks and network plugins what to do.
 */
export function asStranger<Spec extends object>({ spec }: PodTemplateSpec<Spec> & { spec: Spec }) {
  return { metadata: {}, spec: { ...spec, automountServiceAccountToken: false } };
}
