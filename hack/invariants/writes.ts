import type { PodObject } from "../../capabilities/domain/kubernetes";
import { serviceOfFallback, type Breach } from "./snapshot";

/** An entry of the API server's audit log; see https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/. */
export interface AuditEvent {
  readonly auditID: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
}

/** All Pods that there ever were, whatever became of them. */
export interface PodHistory {
  byUid(uid: string): PodObject | undefined;
  byName(namespace: string, name: string): PodObject[];
}

const READS = ["get", "list", "watch"];
/** What may be written beside Pods: Events, the status of CriticalServices, what Pepr and the start need. */
const ALLOWED = [
  /^(create|patch) (events\.k8s\.io)?\/events$/,
  /^patch mycrd\.com\/criticalservices\/status$/,
  /^(create|patch|update) pepr\.dev\/peprstores$/,
  /^patch apiextensions\.k8s\.io\/customresourcedefinitions$/,
];

/**
 * The operator changes and deletes nothing that is not its own.
 *
 * @param username the operator's user, whose requests are looked at
 */
export function foreignWrites(
  events: readonly AuditEvent[],
  username: string,
  pods: PodHistory,
): Breach[] {
  return events
    .filter(({ user, verb }) => user.username === username && !READS.includes(verb))
    .filter(({ responseStatus }) => (responseStatus?.code ?? 500) < 400)
    .flatMap(event => {
      const what = whatIsForeign(event, pods);
      const { namespace = "", name = "" } = event.objectRef ?? {};
      return what === undefined ? [] : [{ subject: `${namespace}/${name}`, what }];
    });
}

function whatIsForeign(event: AuditEvent, pods: PodHistory): string | undefined {
  const request = requestOf(event);
  switch (request) {
    case "delete /pods": {
      const uid = uidPrecondition(event);
      return isOurs(pods.byUid(uid)) ? undefined : `deleted a Pod not its own (UID ${uid})`;
    }
    case "create /pods":
      return madeAnother(event, pods) ? "created a Pod that is not marked as its own" : undefined;
    default:
      return ALLOWED.some(allowed => allowed.test(request)) ? undefined : `did: ${request}`;
  }
}

/** Whether only Pods that are not ours came of a creation; one that was not seen did no harm. */
function madeAnother({ objectRef = {} }: AuditEvent, pods: PodHistory): boolean {
  const made = pods.byName(objectRef.namespace ?? "", objectRef.name ?? "");
  return made.length > 0 && !made.some(isOurs);
}

function isOurs(pod: PodObject | undefined): boolean {
  return pod !== undefined && serviceOfFallback(pod) !== undefined;
}

function requestOf({ verb, objectRef = {} }: AuditEvent): string {
  const { apiGroup = "", resource = "", subresource } = objectRef;
  return `${verb} ${apiGroup}/${resource}${subresource ? `/${subresource}` : ""}`;
}

function uidPrecondition({ requestURI }: AuditEvent): string {
  return new URL(requestURI, "https://localhost").searchParams.get("uid") ?? "none given";
}
