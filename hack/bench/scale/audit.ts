import type { AuditEvent } from "../../invariants/writes";

/** Of a bench, the audit log tells what the contenders ask for, and each write of an EndpointSlice. */
export const AUDIT_POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
omitManagedFields: true
rules:
  - level: Request
    verbs: [create, update, patch]
    resources: [{ group: discovery.k8s.io, resources: [endpointslices] }]
  - level: None
    users: [admin, kwok, "system:kube-controller-manager", "system:kube-scheduler", "system:apiserver"]
  - level: Metadata
`;

const SERVICE_NAME_LABEL = "kubernetes.io/service-name";
const FALLBACK_PREFIX = "service-watcher-";

/** An entry of the audit log under that policy. */
export interface AuditEntry extends AuditEvent {
  readonly stage: string;
  readonly requestURI: string;
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
  readonly requestObject?: AuditEvent["requestObject"] & {
    readonly metadata?: { readonly labels?: Record<string, string> };
    readonly endpoints?: readonly Endpoint[] | null;
  };
}

interface Endpoint {
  readonly conditions?: { readonly ready?: boolean };
  readonly targetRef?: { readonly name?: string };
}

/** A request to the API server; times in milliseconds since the epoch, to the microsecond. */
export interface Request {
  readonly id: string;
  readonly user: string;
  /** The verb, the resource and its subresource, such as `patch criticalservices/status`. */
  readonly what: string;
  readonly receivedAt: number;
  readonly doneAt: number;
  readonly code: number;
}

/** What an entry tells. */
export interface Told {
  readonly request: Request;
  /** The EndpointSlice of a Service was written. */
  readonly slice?: WrittenSlice;
  /** The fallback Pod of a Service was accepted. */
  readonly fallback?: { readonly service: string; readonly at: number };
}

export interface WrittenSlice {
  readonly service: string;
  readonly at: number;
  /** How many of its endpoints are Ready and no fallback. */
  readonly own: number;
  /** How many are fallbacks, Ready or not. */
  readonly fallbacks: number;
}

export function readEntry(entry: AuditEntry): Told {
  const request = requestOf(entry);
  const isDone = entry.stage === "ResponseComplete" && request.code < 300;
  return { request, ...(isDone && { ...readSlice(entry), ...readFallback(entry) }) };
}

function readFallback({ verb, objectRef, stageTimestamp }: AuditEntry): Pick<Told, "fallback"> {
  const { namespace = "", name = "", resource, subresource } = objectRef ?? {};
  const isPod = verb === "create" && resource === "pods" && subresource === undefined;
  if (!isPod || !name.startsWith(FALLBACK_PREFIX)) return {};
  const service = `${namespace}/${name.slice(FALLBACK_PREFIX.length)}`;
  return { fallback: { service, at: milliseconds(stageTimestamp) } };
}

function readSlice({ objectRef, requestObject, stageTimestamp }: AuditEntry): Pick<Told, "slice"> {
  const name = requestObject?.metadata?.labels?.[SERVICE_NAME_LABEL];
  if (name === undefined || objectRef?.resource !== "endpointslices") return {};
  const service = `${objectRef.namespace ?? ""}/${name}`;
  const endpoints = requestObject?.endpoints ?? [];
  const own = endpoints.filter(one => !isFallback(one) && one.conditions?.ready !== false).length;
  const fallbacks = endpoints.filter(isFallback).length;
  return { slice: { service, at: milliseconds(stageTimestamp), own, fallbacks } };
}

function requestOf(entry: AuditEntry): Request {
  const { resource = entry.requestURI, subresource } = entry.objectRef ?? {};
  return {
    id: entry.auditID,
    user: entry.user.username,
    what: `${entry.verb} ${resource}${subresource ? `/${subresource}` : ""}`,
    receivedAt: milliseconds(entry.requestReceivedTimestamp),
    doneAt: milliseconds(entry.stageTimestamp),
    code: entry.responseStatus?.code ?? 0,
  };
}

function isFallback({ targetRef }: Endpoint): boolean {
  return targetRef?.name?.startsWith(FALLBACK_PREFIX) ?? false;
}

/** Milliseconds since the epoch of a time such as `2026-01-02T03:04:05.678901Z`. */
export function milliseconds(timestamp: string): number {
  const fraction = /\.(\d+)Z$/.exec(timestamp)?.[1] ?? "";
  const seconds = Date.parse(timestamp.replace(/\.\d+Z$/, "Z"));
  return seconds + Number(`0.${fraction || "0"}`) * 1000;
}
