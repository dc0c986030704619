import { ApiError } from "../../capabilities/cluster/api";
import { watchesNamespace, type Config } from "../../capabilities/domain/config";
import { contentSource, type ContentSource } from "../../capabilities/domain/content-source";
import { protects, type CriticalServiceSpec } from "../../capabilities/domain/critical-service";
import { decide, type Decision } from "../../capabilities/domain/decide";
import { serviceKey, splitServiceKey, type ServiceKey } from "../../capabilities/domain/kubernetes";
import type { ServiceRecord } from "../../capabilities/domain/service";
import {
  isLame,
  standbyOf,
  type Protector,
  type Situation,
} from "../../capabilities/domain/situation";
import { whyLame } from "../../capabilities/domain/service-state";
import type { View } from "../../capabilities/domain/view";
import type { FallbackContent } from "../../capabilities/engine/fallback-content";
import { Obstacle } from "../../capabilities/engine/obstacle";
import { planOf, type FallbackPlan } from "./fallback-plan";
import type { Picture } from "./picture";

/** A Service that a CriticalService would name, and what would become of it. */
export interface MatchedService {
  readonly namespace: string;
  readonly name: string;
  /** Why it gets no fallback in spite of its labels, a sentence. */
  readonly leftOut?: string;
  /** Undefined: its endpoints are not known. */
  readonly lame?: boolean;
  /** How it fares now, in a sentence's words. */
  readonly now?: string;
  readonly standby?: "Cold" | "Warm";
  /** What the fallback Pod would run; left out if it can't be told or there would be none. */
  readonly fallback?: FallbackPlan;
  /** What would keep the Service from its fallback. */
  readonly obstacle?: string;
  /** What the fallback could not do, and what can't be told. */
  readonly warnings: readonly string[];
  /** What the operator would do first. */
  readonly next?: Pick<Decision, "action" | "reason">;
}

interface Parts {
  /** With the CriticalService in it. */
  readonly view: View;
  readonly content: FallbackContent;
  readonly config: Config;
}

/** The Services that a CriticalService would name. @throws {ApiError} if there is no answer */
export async function matchServices(
  spec: CriticalServiceSpec,
  { services }: Picture,
  parts: Parts,
): Promise<MatchedService[]> {
  const keys = services
    .map(({ metadata = {} }) => ({
      key: serviceKey(metadata.namespace ?? "", metadata.name ?? ""),
      labels: metadata.labels ?? {},
    }))
    .filter(({ key, labels }) => protects(spec, key, labels))
    .map(({ key }) => key)
    .sort();
  return Promise.all(keys.map(key => matched(key, parts)));
}

async function matched(key: ServiceKey, parts: Parts): Promise<MatchedService> {
  const { namespace, name } = splitServiceKey(key);
  // For how long it has been so is not known: as if from now on.
  const situation = { ...parts.view.situation(key), steadyMs: 0 };
  const { service } = situation;
  if (!service || service.skipped !== undefined) {
    return { namespace, name, leftOut: service?.skipped ?? "it is gone", warnings: [] };
  }
  if (!watchesNamespace(parts.config, namespace)) {
    const leftOut = "the operator's NAMESPACES leave its namespace out";
    return { namespace, name, leftOut, warnings: [] };
  }
  const lame = isLame(situation);
  return {
    namespace,
    name,
    ...(lame !== undefined && { lame }),
    now: fares(situation),
    standby: standbyOf(situation),
    ...(await fallback(key, service, situation, parts)),
  };
}

function fares({ endpoints }: Situation): string {
  if (!endpoints.known) {
    return "its endpoints are not known yet";
  }
  return endpoints.ready > 0
    ? `has ${endpoints.ready} Ready Pod(s) of its own`
    : whyLame(endpoints.selected);
}

type Outlook = Pick<MatchedService, "fallback" | "obstacle" | "warnings" | "next">;

async function fallback(
  key: ServiceKey,
  service: ServiceRecord,
  situation: Situation,
  { content }: Parts,
): Promise<Outlook> {
  const { protectedBy = [] } = situation;
  const source = contentSource(protectedBy);
  const standby = standbyOf(situation);
  try {
    const template = await content.template(key, service, source, standby);
    const { action, reason } = decide(situation, await content.id(key, service, source, standby));
    return {
      fallback: planOf(source, service, template, saidBy(protectedBy, source)),
      warnings: content.warnings(key, service, source, situation.fallbacks),
      next: { action, reason },
    };
  } catch (error) {
    if (error instanceof Obstacle) {
      return {
        obstacle: error.message,
        warnings: content.warnings(key, service, source, situation.fallbacks),
      };
    }
    if (error instanceof ApiError && error.isRefusal) {
      return { warnings: [`it can't be told what its fallback would run: ${error.message}`] };
    }
    throw error;
  }
}

/** The CriticalService that has its way; undefined if none says what to run. */
function saidBy(protectors: readonly Protector[], source: ContentSource): string | undefined {
  return source.kind === "default"
    ? undefined
    : protectors.find(one => contentSource([one]).kind !== "default")?.name;
}
