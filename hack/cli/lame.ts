import { watchesNamespace, type Config } from "../../capabilities/domain/config";
import { isLame, type Situation } from "../../capabilities/domain/situation";
import { serviceKey, splitServiceKey, type ServiceKey } from "../../capabilities/domain/kubernetes";
import { serviceState, whyLame, type Phase } from "../../capabilities/domain/service-state";
import type { View } from "../../capabilities/domain/view";
import { viewOf, type Picture } from "./picture";

/** A lame Service, and what its clients get instead. */
export interface LameService {
  readonly namespace: string;
  readonly name: string;
  /** Why it is lame, in a sentence's words. */
  readonly why: string;
  /** The CriticalServices that name it. */
  readonly protectedBy: readonly string[];
  readonly fallback: Fallback;
}

export interface Fallback {
  /** `None`: nobody sees to one. */
  readonly phase: Phase | "None";
  /** RFC 3339; since when it is in this phase, as far as the operator has told. */
  readonly since?: string;
  readonly message: string;
}

/** The lame Services of the picture, by namespace and name. */
export function lameServices(picture: Picture, config: Config): LameService[] {
  const view = viewOf(picture);
  return picture.services
    .map(({ metadata }) => serviceKey(metadata?.namespace ?? "", metadata?.name ?? ""))
    .sort()
    .map(key => ({ key, situation: view.situation(key) }))
    .filter(({ situation }) => isLame(situation))
    .map(({ key, situation }) => describe(key, situation, view, config));
}

function describe(key: ServiceKey, situation: Situation, view: View, config: Config): LameService {
  const { namespace, name } = splitServiceKey(key);
  const protectedBy = (situation.protectedBy ?? []).map(protector => protector.name);
  const why = whyLame(situation.endpoints.selected);
  const fallback = watchesNamespace(config, namespace)
    ? fallbackOf(situation, why, toldOf(key, protectedBy, view))
    : none(`${why}: the operator's NAMESPACES leave its namespace out`);
  return { namespace, name, why, protectedBy, fallback };
}

function none(message: string): Fallback {
  return { phase: "None", message };
}

interface Told {
  readonly phase: Phase;
  readonly since: string;
  readonly message: string;
}

/** What the operator has written of the Service into the status of a CriticalService. */
function toldOf(key: ServiceKey, protectedBy: readonly string[], view: View): Told | undefined {
  return protectedBy
    .flatMap(name => view.criticalService(name)?.status?.services ?? [])
    .find(({ namespace, name }) => serviceKey(namespace, name) === key);
}

function isWaiting({ phase }: Told): boolean {
  return phase === "Waiting" || phase === "Starting" || phase === "Blocked";
}

/** What is there counts; the operator is asked for why and since when. */
function fallbackOf(situation: Situation, why: string, told: Told | undefined): Fallback {
  const state = serviceState(situation, []);
  if (!state) {
    return none(`${why}: no CriticalService names it`);
  }
  const { phase, message } = state;
  if (phase === "Starting" && told && isWaiting(told)) {
    return { phase: told.phase, since: told.since, message: told.message };
  }
  if (phase === "Starting" && situation.fallbacks.length === 0) {
    return {
      phase,
      message: `${why}: there is no fallback Pod, and the operator has not said why`,
    };
  }
  return { phase, ...(told?.phase === phase && { since: told.since }), message };
}
