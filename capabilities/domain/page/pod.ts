import { createHash } from "node:crypto";
import { pageContent } from "./content";
import { FILE, nginxFiles, READY_PATH, type NginxPaths } from "./nginx";
import { pagePorts, STANDBY_PORT, type ServedPort, type ServicePort } from "./ports";
import type { PageSpec } from "./spec";
import { contentFault, utf8Bytes } from "./text";

/** Where the page is in the container. */
export const PAGE_PATHS: NginxPaths = { files: "/etc/fallback-page", scratch: "/tmp" };

/** Carries the hash of the whole template: with another one, the running page is out of date. */
export const PAGE_HASH_ANNOTATION = "mycrd.com/page-hash";
/** The beginning of the annotations that hold the files which the Pod serves from. */
export const FILE_ANNOTATION_PREFIX = "mycrd.com/fallback-";

/** Largest page from a ConfigMap, in bytes of UTF-8: Kubernetes' limit less 64 KiB for the rest. */
export const MAX_CONFIG_MAP_BYTES = 192 * 1024;
/**
 * What our annotations may take. Kubernetes allows 256 KiB for all keys and values of an object; the
 * rest is left for those that admission, the network plugin and others add.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/
 */
export const MAX_ANNOTATION_BYTES = 224 * 1024;

type Annotations = Record<string, string>;

const NGINX_USER = 101;
const FIRST_UNPRIVILEGED_PORT = 1024;
/** Of a Pod that serves a page, unless FALLBACK_RESOURCES says otherwise. */
export const DEFAULT_RESOURCES: Resources = {
  requests: { cpu: "10m", memory: "16Mi" },
  limits: { cpu: "250m", memory: "64Mi" },
};

export interface Resources {
  requests?: Record<string, string>;
  limits?: Record<string, string>;
}

/** What a fallback page is made of. */
export interface PageInput {
  readonly spec: PageSpec;
  /** `spec.ports` of the Service. */
  readonly ports: readonly ServicePort[] | undefined;
  /** An EndpointSlice leads to the Pod: one port is enough for all of the Service's. */
  readonly standby?: boolean | undefined;
  /** What the ConfigMap of `spec.configMap` holds; undefined if there is none. */
  readonly content?: string | undefined;
  readonly image: string;
  /** Names of Secrets in the Service's namespace. */
  readonly pullSecrets?: readonly string[] | undefined;
  readonly resources?: Resources | undefined;
}

/** The page can't be put into a Pod; the message begins with the field. */
export class PageError extends Error {
  override name = "PageError";
}

/** The template of a fallback Pod that serves the page; its type is inferred. */
export type PagePodTemplate = ReturnType<typeof pagePodTemplate>;

/**
 * The template of a Pod that answers every request on the Service's ports with the page.
 *
 * All that it serves is in the Pod's own annotations, so nothing else has to be made or cleaned up.
 *
 * @throws {PageError} if no port can be served, or the content is empty, broken or too large
 */
export function pagePodTemplate(input: PageInput) {
  const served = listeningPorts(input);
  if (served.length === 0) {
    throw new PageError("spec.ports of the Service has no port that an HTTP page can serve");
  }
  const files = pageFiles(input, PAGE_PATHS);
  const annotations = Object.fromEntries(
    Object.entries(files).map(([file, text]) => [annotationOf(file), text]),
  );
  refuseTooLarge(annotations);
  const spec = podSpec(input, served, Object.keys(files));
  const hash = { [PAGE_HASH_ANNOTATION]: pageHash({ annotations, spec }) };
  return { metadata: { annotations: { ...annotations, ...hash } as Annotations }, spec };
}

function listeningPorts({ ports, standby }: Pick<PageInput, "ports" | "standby">) {
  const { served } = pagePorts(ports);
  return standby && served.length > 0 ? [STANDBY_PORT] : served;
}

/**
 * A digest of all that makes up the page: content, configuration, ports, image.
 *
 * The same input gives the same hash; the order of a Service's ports does not matter.
 */
export function pageHash(template: {
  annotations: Readonly<Record<string, string>>;
  spec: object;
}): string {
  return createHash("sha256")
    .update(JSON.stringify([template.annotations, template.spec]))
    .digest("hex");
}

/**
 * The files that the Pod serves from, by name, for a server that finds them at `paths`.
 *
 * @throws {PageError} if the content is empty, broken or too large
 */
export function pageFiles(
  input: Pick<PageInput, "spec" | "ports" | "standby" | "content">,
  paths: NginxPaths,
): Record<string, string> {
  const { spec, content } = input;
  refuseBadContent(spec, content);
  const { page, contentType, problem } = pageContent(spec, content);
  const { statusCode, retryAfterSeconds, headers = [] } = spec;
  const numbers = listeningPorts(input).map(({ containerPort }) => containerPort);
  const nginx = nginxFiles({
    ...{ ports: numbers, statusCode, retryAfterSeconds, headers, contentType, paths },
  });
  return {
    [FILE.nginx]: nginx.nginx,
    [FILE.listenIpv6]: nginx.listenIpv6,
    [FILE.page]: page,
    [FILE.problem]: problem,
  };
}

/**
 * @param content what the ConfigMap of `spec.configMap` holds; undefined if there is none
 * @throws {PageError} if it is empty, broken or too large
 */
export function refuseBadContent({ configMap }: PageSpec, content: string | undefined): void {
  const fault = configMap && content !== undefined && contentFault(content, MAX_CONFIG_MAP_BYTES);
  if (fault) {
    const { name, key } = configMap;
    throw new PageError(`spec.page.configMap: the key ${key} of the ConfigMap ${name} ${fault}`);
  }
}

function refuseTooLarge(annotations: Record<string, string>): void {
  const bytes = Object.entries(annotations).reduce(
    (sum, [key, value]) => sum + utf8Bytes(key) + utf8Bytes(value),
    0,
  );
  if (bytes > MAX_ANNOTATION_BYTES) {
    throw new PageError(
      `spec.ports of the Service and spec.page take ${bytes} bytes as annotations: make them at most ${MAX_ANNOTATION_BYTES}`,
    );
  }
}

function annotationOf(file: string): string {
  return `${FILE_ANNOTATION_PREFIX}${file}`;
}

function podSpec(input: PageInput, served: readonly ServedPort[], files: string[]) {
  const { pullSecrets = [] } = input;
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 10,
    nodeSelector: { "kubernetes.io/os": "linux" },
    securityContext: podSecurityContext(served),
    ...(pullSecrets.length > 0 && { imagePullSecrets: pullSecrets.map(name => ({ name })) }),
    containers: [container(input, served)],
    volumes: [
      { name: "page", downwardAPI: { items: files.map(downwardApiItem) } },
      // For the pid file and empty folders only; in memory, as the node's disk may be why Pods died.
      { name: "scratch", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
    ],
  };
}

function downwardApiItem(file: string) {
  return {
    path: file,
    fieldRef: { fieldPath: `metadata.annotations['${annotationOf(file)}']` },
  };
}

/** Meets the Pod Security Standard "restricted", with its one allowed way to low ports. */
function podSecurityContext(served: readonly ServedPort[]) {
  const privileged = served.some(({ containerPort }) => containerPort < FIRST_UNPRIVILEGED_PORT);
  return {
    runAsNonRoot: true,
    runAsUser: NGINX_USER,
    runAsGroup: NGINX_USER,
    seccompProfile: { type: "RuntimeDefault" },
    ...(privileged && { sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }] }),
  };
}

function container({ image, resources }: PageInput, served: readonly ServedPort[]) {
  return {
    name: "page",
    image,
    // Not the image's entrypoint: it changes files, which are read-only here.
    command: ["nginx", "-c", `${PAGE_PATHS.files}/${FILE.nginx}`],
    ports: served.map(port => ({ ...port, protocol: "TCP" })),
    resources: resources ?? DEFAULT_RESOURCES,
    readinessProbe: {
      httpGet: { path: READY_PATH, port: served[0]?.containerPort ?? 0 },
      periodSeconds: 1,
      timeoutSeconds: 1,
      failureThreshold: 3,
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [
      { name: "page", mountPath: PAGE_PATHS.files, readOnly: true },
      { name: "scratch", mountPath: PAGE_PATHS.scratch },
    ],
  };
}
