import { LossWatch, type Loss } from "../invariants/losses";
import { hastyRetries, type FailedRequest, type RetryLimit } from "../invariants/retries";
import { foreignWrites } from "../invariants/writes";
import type { Breach } from "../invariants/snapshot";
import type { AuditLog } from "../audit-log";
import type { ClusterApi } from "./cluster-api";
import type { SupervisedOperator } from "./operators";
import { isCollection } from "./proxy";
import type { World } from "./world";

/** The operator's user. */
const USERNAME = "system:serviceaccount:pepr-system:pepr-critsvc";

/** What is checked with. */
interface Sources {
  readonly world: World;
  readonly audit: AuditLog;
  readonly api: ClusterApi;
  readonly limits: Limits;
}

export interface Limits {
  /** A reason to take a fallback away may be this old: news of its end was on its way. */
  readonly staleMs: number;
  /** For requests of the operator's own. */
  readonly retries: RetryLimit;
  /** For lists and watches, which the client library repeats as it sees fit. */
  readonly watches: RetryLimit;
}

/** What was found since the last check. */
export interface Findings {
  readonly breaches: readonly Breach[];
  /** Fallbacks taken away for a reason that held no more by then: how old the oldest was. */
  readonly stalestMs: number;
  /** How many fallback Pods were started. */
  readonly fallbacks: number;
  /** How often an EndpointSlice of a warm standby was written. */
  readonly standbyWrites: number;
  /** Most watches of one kind that one operator had open. */
  readonly watches: number;
}

/** Checks what must have held at every moment. */
export class Checker {
  readonly #losses = new LossWatch();

  constructor(private readonly sources: Sources) {}

  /** Checks what happened since the last call of this. */
  check(operators: readonly SupervisedOperator[]): Findings {
    const { world, audit, limits } = this.sources;
    const { fallbacks, standbyWrites } = this.#losses;
    const losses = this.#takeLosses();
    const lost = losses.filter(({ sinceReasonMs }) => sinceReasonMs > limits.staleMs);
    const failed = operators.flatMap(takeFailed);
    return {
      breaches: [
        ...lost.map(describe),
        ...foreignWrites(audit.take(), USERNAME, world),
        ...hastyRetries(failed.filter(isSingle), limits.retries),
        ...hastyRetries(
          failed.filter(request => !isSingle(request)),
          limits.watches,
        ),
      ],
      stalestMs: Math.max(0, ...losses.map(({ sinceReasonMs }) => sinceReasonMs)),
      fallbacks: this.#losses.fallbacks - fallbacks,
      standbyWrites: this.#losses.standbyWrites - standbyWrites,
      watches: Math.max(0, ...operators.flatMap(({ proxy }) => [...proxy.openWatches().values()])),
    };
  }

  #takeLosses(): Loss[] {
    const { world, api } = this.sources;
    return world
      .takeChanges()
      .flatMap(({ change, at }) => this.#losses.see(change, at))
      .filter(
        ({ uid, resourceVersion }) => !api.deleted.has(uid) && !api.changed.has(resourceVersion),
      );
  }
}

function describe({ service, object, sinceReasonMs }: Loss): Breach {
  const since = Number.isFinite(sinceReasonMs)
    ? `the last reason for it was over ${Math.round(sinceReasonMs)} ms before`
    : "there was no reason for it";
  return { subject: service, what: `lost its Ready fallback by ${object}: ${since}` };
}

function takeFailed({ name: client, proxy }: SupervisedOperator): FailedRequest[] {
  return proxy
    .takeRequests()
    .filter(({ status }) => status === 0 || (status !== undefined && status >= 400))
    .map(({ at, method, path }) => ({ at, client, method, path: pathOf(path) }));
}

function isSingle({ method, path }: FailedRequest): boolean {
  return method !== "GET" || !(isCollection(path) || path.includes("watch=true"));
}

/** A watch names another resourceVersion each time. */
function pathOf(path: string): string {
  const url = new URL(path, "https://localhost");
  url.searchParams.delete("resourceVersion");
  return `${url.pathname}${url.search}`;
}
