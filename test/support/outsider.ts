import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import type { CriticalServiceStatus } from "../../capabilities/domain/status";
import type { ControlPlane } from "../../hack/control-plane";

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

interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly namespace?: string; readonly name?: string };
  readonly responseStatus?: { readonly code?: number };
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

  /** What a user tried to write to its own objects. */
  writesBy(username: string): string[] {
    return readFileSync(this.controlPlane.auditLog ?? "", "utf8")
      .split("\n")
      .filter(line => line.endsWith("}"))
      .map(line => JSON.parse(line) as AuditEvent)
      .filter(({ user, verb }) => user.username === username && !READS.includes(verb))
      .filter(({ responseStatus }) => (responseStatus?.code ?? 500) < 400)
      .filter(({ requestURI }) => this.#isOwn(requestURI))
      .map(({ verb, requestURI }) => `${verb} ${requestURI}`);
  }

  #isOwn(requestURI: string): boolean {
    const { pathname } = new URL(requestURI, "https://localhost");
    return this.#made.some(({ path }) => path === pathname);
  }
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
