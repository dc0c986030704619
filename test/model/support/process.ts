import { readConfig } from "../../../capabilities/domain/config";
import { FALLBACK_LABEL } from "../../../capabilities/domain/fallback-pod";
import { Operator } from "../../../capabilities/engine/operator";
import type { RecordedEvent } from "../../../capabilities/cluster/events";
import type { ApiServer } from "./api-server";
import { simulatedApi } from "./cluster-api";
import type { Kind, Stored } from "./objects";
import type { Reaches } from "./reach";
import { Requests, type Fate } from "./requests";
import { Watch } from "./watch";

const CONFIG = readConfig({});
/** Until it has listed all there is. */
const BEGIN_MS = 100;

/** What a process needs of the world. */
export interface Surroundings {
  readonly server: ApiServer;
  readonly reaches: Reaches;
  readonly events: Map<string, RecordedEvent>;
  readonly nextFate: (what: string) => Fate;
}

/** One run of the operator, from its start to its death: the engine, its watches, its requests. */
export class OperatorProcess {
  readonly watches: readonly Watch[];
  readonly requests: Requests;
  readonly #operator: Operator;
  #alive = true;

  /** @param startMs until its watches have their first list, each in turn, once it has listed all */
  constructor(surroundings: Surroundings, startMs: readonly number[]) {
    const { server, reaches, events, nextFate } = surroundings;
    this.requests = new Requests({ nextFate });
    const witness = reaches.witness(() => this.behindSince);
    const { requests } = this;
    this.#operator = new Operator(CONFIG, simulatedApi({ server, requests, witness, events }));
    this.watches = watchAll(server, this.#operator);
    this.watches.forEach((watch, index) => {
      watch.connect(BEGIN_MS + (startMs[index] ?? 1));
    });
    this.#begin();
  }

  /** The oldest write that one of its watches did not tell of yet. */
  get behindSince(): number {
    return Math.min(...this.watches.map(({ behindSince }) => behindSince));
  }

  kill(): void {
    this.#alive = false;
    this.requests.kill();
    this.watches.forEach(watch => {
      watch.close();
    });
  }

  /** As the start of the operator does. */
  #begin(): void {
    setTimeout(() => {
      if (this.#alive) {
        this.watches.forEach(watch => {
          watch.tellAll();
        });
        this.#operator.allIsKnown();
      }
    }, BEGIN_MS);
  }
}

/** Two watches for each kind, as a pair of Pepr's bindings makes them: they tell less than one would. */
function watchAll(server: ApiServer, operator: Operator): Watch[] {
  const both = <T>(
    kind: Kind,
    seen: (object: T) => void,
    gone: (object: T) => void,
    filter: (object: Stored) => boolean = () => true,
  ): Watch[] => [
    new Watch(server, {
      ...{ kind, filter, tells: "SEEN" },
      callback: object => {
        seen(object as T);
      },
    }),
    new Watch(server, {
      ...{ kind, filter, tells: "DELETED" },
      callback: object => {
        gone(object as T);
      },
    }),
  ];
  return [
    ...both("Service", operator.serviceSeen.bind(operator), operator.serviceGone.bind(operator)),
    ...both(
      "EndpointSlice",
      operator.endpointSliceSeen.bind(operator),
      operator.endpointSliceGone.bind(operator),
    ),
    ...both(
      "Pod",
      operator.fallbackPodSeen.bind(operator),
      operator.fallbackPodGone.bind(operator),
      ({ metadata }) => metadata.labels?.[FALLBACK_LABEL] !== undefined,
    ),
    ...both(
      "CriticalService",
      operator.criticalServiceSeen.bind(operator),
      operator.criticalServiceGone.bind(operator),
    ),
    ...both(
      "PodTemplate",
      operator.podTemplateSeen.bind(operator),
      operator.podTemplateGone.bind(operator),
    ),
  ];
}
