import { isDeepStrictEqual } from "node:util";
import type { CriticalServiceStatus } from "../../capabilities/domain/status";
import type { ControlPlane } from "../../hack/control-plane";
import type { AuditedRequest } from "./audit";

/** An object as the API server hands it out. */
export interface RawObject {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly labels?: object;
    readonly annotations?: object;
    readonly ownerReferences?: object[];
  };
  readonly [field: string]: unknown;
}

export interface Answer {
  readonly status: number;
  /** Why it was refused. */
  readonly message: string;
  readonly object: RawObject;
}

/**
 * Sends the API server whatever it is given, with no client in between that would put it right, and
 * remembers what came of it.
 */
export class Outsider {
  readonly #made: { path: string; object: RawObject }[] = [];

  constructor(private readonly controlPlane: ControlPlane) {}

  /** @param path of the resource, such as `/api/v1/namespaces/shop/pods` */
  async post(path: string, object: object): Promise<Answer> {
    const { status, body } = await this.controlPlane.api.send("POST", path, object);
    const answer = JSON.parse(body) as RawObject & { message?: string };
    return { status, message: answer.message ?? "", object: answer };
  }

  /** Makes an object that the operator has to leave alone. @throws if it is refused */
  async own(path: string, object: object): Promise<RawObject> {
    const answer = await this.post(path, object);
    if (answer.status !== 201) {
      throw new Error(`POST ${path}: ${answer.message}`);
    }
    this.#made.push({ path: `${path}/${answer.object.metadata.name}`, object: answer.object });
    return answer.object;
  }

  critical(name: string, spec: object): Promise<Answer> {
    const object = {
      apiVersion: "mycrd.com/v1",
      kind: "CriticalService",
      metadata: { name },
      spec,
    };
    return this.post(CRITICAL_SERVICES, object);
  }

  async statusOf(criticalService: string): Promise<CriticalServiceStatus | undefined> {
    const path = `${CRITICAL_SERVICES}/${criticalService}`;
    return (await this.get<{ status?: CriticalServiceStatus }>(path)).status;
  }

  /** The status of each CriticalService. */
  async statuses(): Promise<{ name: string; status: CriticalServiceStatus | undefined }[]> {
    const { items } = await this.get<{ items: RawObject[] }>(CRITICAL_SERVICES);
    return items.map(({ metadata, status }) => ({
      name: metadata.name,
      status: status as CriticalServiceStatus | undefined,
    }));
  }

  async get<T extends object>(path: string): Promise<T> {
    return JSON.parse((await this.controlPlane.api.get(path)).body) as T;
  }

  /** Paths of its own objects that are gone, or are others now. */
  async changed(): Promise<string[]> {
    const changed: string[] = [];
    for (const { path, object } of this.#made) {
      const now = await this.get<Partial<RawObject>>(path);
      if (!isDeepStrictEqual(essence(now), essence(object))) {
        changed.push(path);
      }
    }
    return changed;
  }

  /** What others asked to write to its own objects; the paths, with the verb and the answer's status. */
  writes(requests: readonly AuditedRequest[]): string[] {
    return requests
      .filter(({ verb }) => !READS.includes(verb))
      .map(({ verb, objectRef = {}, responseStatus }) => {
        const { namespace = "", resource = "", name = "" } = objectRef;
        const place = `/namespaces/${namespace}/${resource}/${name}`;
        return { place, what: `${verb} ${place}: ${responseStatus?.code ?? "no answer"}` };
      })
      .filter(({ place }) => this.#made.some(({ path }) => path.endsWith(place)))
      .map(({ what }) => what);
  }
}

/** Whether the one Service that it names has its fallback, or an obstacle. */
export function isSettled({ matched, lame, services = [] }: CriticalServiceStatus = {}): boolean {
  return matched === 1 && lame === 1 && services.every(({ phase }) => phase !== "Starting");
}

/** All that a status says in words. */
export function messagesOf(status: CriticalServiceStatus | undefined): string[] {
  const { conditions = [], services = [] } = status ?? {};
  const warnings = services.flatMap(service => service.warnings ?? []);
  return [...[...conditions, ...services].map(({ message }) => message), ...warnings];
}

/** Runs it for each item, some at a time. */
export async function inTurn<T>(
  items: readonly T[],
  action: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const rest = [...items.entries()];
  const work = async () => {
    for (let next = rest.shift(); next; next = rest.shift()) {
      await action(next[1], next[0]);
    }
  };
  await Promise.all(Array.from({ length: 6 }, work));
}

const CRITICAL_SERVICES = "/apis/mycrd.com/v1/criticalservices";
const READS = ["get", "list", "watch"];

/** What nobody but the owner changes: the status and the binding to a Node are Kubernetes' own. */
function essence({ metadata, message, involvedObject, endpoints }: Partial<RawObject>): unknown {
  const { uid, labels, annotations, ownerReferences } = metadata ?? {};
  return { uid, labels, annotations, ownerReferences, message, involvedObject, endpoints };
}
