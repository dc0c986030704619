import type { ServicePort } from "./page/ports";
import { IDENTITY, pick, type ServiceObject } from "./kubernetes";

/** What is kept of a Service. */
export interface ServiceRecord {
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly ServicePort[];
  /** `IPv4`, `IPv6` or both. */
  readonly ipFamilies: readonly string[];
  /** Why the operator does not look after this Service; undefined if it does. */
  readonly skipped: string | undefined;
}

/** Reduces a Service to what decisions are made of. */
export function readService(service: ServiceObject): ServiceRecord {
  const { uid = "", labels = {} } = service.metadata ?? {};
  const { selector = {}, ports = [], ipFamilies = ["IPv4"] } = service.spec ?? {};
  return { uid, labels, selector, ports, ipFamilies, skipped: skipReason(service) };
}

/** The Service without what {@link readService} does not look at. */
export function trimService({ metadata = {}, spec = {} }: ServiceObject): ServiceObject {
  return {
    metadata: pick(metadata, ...IDENTITY, "labels", "deletionTimestamp"),
    spec: pick(spec, "type", "selector", "ports", "ipFamilies"),
  };
}

function skipReason({ metadata, spec }: ServiceObject): string | undefined {
  if (metadata?.deletionTimestamp) {
    return "the Service is being deleted";
  }
  if (spec?.type === "ExternalName") {
    return "the Service is of type ExternalName";
  }
  if (Object.keys(spec?.selector ?? {}).length === 0) {
    return "the Service has no selector";
  }
  return undefined;
}
