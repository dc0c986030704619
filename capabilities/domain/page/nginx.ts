import { acceptRules } from "./accept";
import { fixedHeaders, PROBLEM_TYPE } from "./answer";
import type { Header } from "./headers";

/** The path that the readiness probe asks for: no site has one of this name. */
export const READY_PATH = "/.critical-service-operator/ready";

/** Where nginx finds what; all absolute. */
export interface NginxPaths {
  /** Holds the configuration and the page, read-only. */
  readonly files: string;
  /** For the pid and for folders that nginx insists on making. */
  readonly scratch: string;
}

export interface NginxOptions {
  readonly ports: readonly number[];
  readonly statusCode: number;
  readonly retryAfterSeconds: number;
  readonly headers: readonly Header[];
  /** Media type of the page. */
  readonly contentType: string;
  readonly paths: NginxPaths;
}

/** Names of the files in `paths.files`. The bodies have no suffix: nginx would derive a type from it. */
export const FILE = {
  nginx: "nginx.conf",
  listenIpv6: "listen-ipv6.conf",
  page: "page",
  problem: "problem",
} as const;

/** Exists when the kernel speaks IPv6, also in a container and with no address. */
const IPV6_FOLDER = "/proc/sys/net/ipv6";
const URI = {
  page: "/.critical-service-operator/page",
  problem: "/.critical-service-operator/problem",
};

/**
 * nginx's whole configuration, by file name.
 *
 * It replaces the image's own, which starts a worker for each CPU of the node: on a large one that
 * alone goes over a small memory limit.
 *
 * @see https://nginx.org/en/docs/http/ngx_http_core_module.html
 */
export function nginxFiles(options: NginxOptions): Record<"nginx" | "listenIpv6", string> {
  const { ports, paths } = options;
  return {
    nginx: [...mainLines(paths), "http {", ...httpLines(options), "}", ""].join("\n"),
    listenIpv6: ports.map(port => `listen [::]:${port} ipv6only=on;\n`).join(""),
  };
}

function mainLines({ scratch }: NginxPaths): string[] {
  return [
    "daemon off;",
    "worker_processes 1;",
    "worker_rlimit_nofile 8192;",
    `pid ${quote(`${scratch}/nginx.pid`)};`,
    "error_log stderr warn;",
    "events { worker_connections 4096; }",
  ];
}

function httpLines(options: NginxOptions): string[] {
  const { headers, contentType, paths } = options;
  return [
    ...["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      name => `${name}_temp_path ${quote(`${paths.scratch}/${name}`)};`,
    ),
    ...headers.flatMap(headerVariable),
    ...acceptMap(contentType),
    "server {",
    ...serverLines(options),
    "}",
  ];
}

function serverLines(options: NginxOptions): string[] {
  const { ports, statusCode, contentType, paths } = options;
  const negotiated = acceptRules(contentType) !== undefined;
  const target = negotiated ? "$fallback_uri" : URI.page;
  return [
    ...ports.map(port => `listen ${port};`),
    `include ${quote(ipv6Include(paths))};`,
    ...limits(),
    ...answerHeaders(options),
    // The redirect turns every method but HEAD into GET, so a file answers them all. 404 and 405 are
    // for the pages' own addresses, asked from outside, and for TRACE and CONNECT.
    `error_page 404 405 503 =${statusCode} ${target};`,
    "location / { return 503; }",
    ...fileLocation(URI.page, `${paths.files}/${FILE.page}`, contentType),
    ...(negotiated
      ? fileLocation(URI.problem, `${paths.files}/${FILE.problem}`, PROBLEM_TYPE)
      : []),
    `location = ${READY_PATH} {`,
    'default_type text/plain; add_header Cache-Control no-store always; return 200 "ready\\n";',
    "}",
  ];
}

/** A folder in the path that is there only with IPv6: without it, the pattern finds no file. */
function ipv6Include({ files }: NginxPaths): string {
  const up = IPV6_FOLDER.split("/").slice(1).fill("..").join("/");
  return `${IPV6_FOLDER}/${up}${files}/${FILE.listenIpv6}*`;
}

function limits(): string[] {
  return [
    "server_tokens off;",
    "access_log off;",
    // A client that keeps its connection keeps talking to this Pod when the real one is back:
    // a Service chooses a Pod for a connection, not for a request. So each answer closes it.
    "keepalive_timeout 0;",
    // Bodies of any size are read and thrown away, never stored; for as long as a slow upload takes,
    // because a reset would take the answer from the client.
    "client_max_body_size 0;",
    "lingering_time 5m;",
    // Real servers take large cookies; a fallback must not answer 400 where they would not.
    "large_client_header_buffers 4 32k;",
    "client_header_timeout 10s;",
    // The answer is whole and never "not modified". (With status 200 nginx still keeps RFC 9110,
    // section 13: `If-Match` and the like fail, as no representation of ours has a validator.)
    "etag off;",
    "if_modified_since off;",
    "max_ranges 0;",
    "gzip off;",
  ];
}

function answerHeaders(options: NginxOptions): string[] {
  return [
    ...fixedHeaders(options).map(({ name, value }) => `add_header ${name} ${value} always;`),
    // The time of a file in a Pod says nothing about the page; an empty value removes the header.
    'add_header Last-Modified "" always;',
    ...options.headers.map(
      ({ name }, index) => `add_header ${quote(name)} $fallback_header_${index} always;`,
    ),
  ];
}

/**
 * A variable with a header's value. nginx replaces `$name` in nearly every string and knows no way to
 * escape it; `geo` is one of the few places that take a value literally.
 */
function headerVariable({ value }: Header, index: number): string[] {
  return [`geo $fallback_header_${index} { default ${quote(value)}; }`];
}

function acceptMap(contentType: string): string[] {
  const rules = acceptRules(contentType);
  if (!rules) {
    return [];
  }
  return [
    "map $http_accept $fallback_uri {",
    `default ${URI.page};`,
    ...rules.map(
      ({ pattern, json }) => `${quote(`~*${pattern}`)} ${json ? URI.problem : URI.page};`,
    ),
    "}",
  ];
}

function fileLocation(uri: string, file: string, mediaType: string): string[] {
  return [
    `location = ${uri} { internal; alias ${quote(file)}; default_type ${quote(mediaType)}; }`,
  ];
}

/** `text` as one parameter: within quotes only the quote and the backslash have a meaning to nginx. */
function quote(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
