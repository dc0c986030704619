import type { EndpointSliceObject, PodObject } from "../../capabilities/domain/kubernetes";
import { isStandbySlice } from "../../capabilities/domain/standby-slice";
import { serviceOfFallback, type Breach } from "./snapshot";

/** An entry of the API server's audit log; see https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/. */
export interface AuditEvent {
  readonly auditID: string;
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  /** What the request asked for, where the audit policy asks for it; of a deletion, its options. */
  readonly requestObject?: { readonly preconditions?: { readonly uid?: string } };
  /** The object that the request came to, where the audit policy asks for it. */
  readonly responseObject?: PodObject & EndpointSliceObject;
}

/** All Pods and EndpointSlices that there ever were, as they were first, whatever became of them. */
export interface ObjectHistory {
  byUid(uid: string): PodObject | EndpointSliceObject | undefined;
}

const READS = ["get", "list", "watch"];
/** What may be written beside these: Events, the status of CriticalServices, what Pepr and the start need. */
const ALLOWED = [
  /^(create|patch) (events\.k8s\.io)?\/events$/,
  /^patch mycrd\.com\/criticalservices\/status$/,
  /^(create|patch|update) pepr\.dev\/peprstores$/,
  /^patch apiextensions\.k8s\.io\/customresourcedefinitions$/,
];

/**
 * The operator changes and deletes nothing that is not its own.
 *
 * The audit log has to have the writes of Pods and EndpointSlices and the answers to them (level
 * `RequestResponse`).
 *
 * @param username the operator's user, whose requests are looked at
 */
export function foreignWrites(
  events: readonly AuditEvent[],
  username: string,
  history: ObjectHistory,
): Breach[] {
  return events
    .filter(({ user, verb }) => user.username === username && !READS.includes(verb))
    .filter(({ responseStatus }) => (responseStatus?.code ?? 500) < 400)
    .flatMap(event => {
      const what = whatIsForeign(event, history);
      const { namespace = "", name = "" } = event.objectRef ?? {};
      return what === undefined ? [] : [{ subject: `${namespace}/${name}`, what }];
    });
}

function whatIsForeign(event: AuditEvent, history: ObjectHistory): string | undefined {
  const request = requestOf(event);
  switch (request) {
    case "create /pods":
    case "create discovery.k8s.io/endpointslices":
      return isOurs(event.responseObject)
        ? undefined
        : `created ${kindOf(event)} that is not marked as its own`;
    case "patch discovery.k8s.io/endpointslices":
      return whoseIs(history, event.responseObject?.metadata?.uid, `changed ${kindOf(event)}`);
    case "delete /pods":
    case "delete discovery.k8s.io/endpointslices":
      return whoseIs(history, uidPrecondition(event), `deleted ${kindOf(event)}`);
    default:
      return ALLOWED.some(allowed => allowed.test(request)) ? undefined : `did: ${request}`;
  }
}

/** @returns undefined if the object was the operator's from the first */
function whoseIs(history: ObjectHistory, uid: string | undefined, done: string) {
  return uid !== undefined && isOurs(history.byUid(uid))
    ? undefined
    : `${done} not its own (UID ${uid ?? "none given"})`;
}

function kindOf({ objectRef }: AuditEvent): string {
  return objectRef?.resource === "pods" ? "a Pod" : "an EndpointSlice";
}

function isOurs(object: PodObject | EndpointSliceObject | undefined): boolean {
  return (
    object !== undefined && (serviceOfFallback(object) !== undefined || isStandbySlice(object))
  );
}

function requestOf({ verb, objectRef = {} }: AuditEvent): string {
  const { apiGroup = "", resource = "", subresource } = objectRef;
  return `${verb} ${apiGroup}/${resource}${subresource ? `/${subresource}` : ""}`;
}

function uidPrecondition({ requestObject }: AuditEvent): string | undefined {
  return requestObject?.preconditions?.uid;
}
