import {
  K8s,
  WatchEvent,
  type GenericClass,
  type kind,
  type WatchCfg,
} from "kubernetes-fluent-client";
import { WatchPhase } from "kubernetes-fluent-client/dist/fluent/shared-types";
import { Log } from "pepr";

/** What is done with what a watch tells. It does no I/O: the watch goes on at once. */
export interface Follower<T> {
  /** An object was created or changed, or was there when the watch began. */
  readonly seen: (object: T) => void;
  /** An object was deleted. */
  readonly gone: (object: T) => void;
}

const FAILURES = [
  WatchEvent.LIST_ERROR,
  WatchEvent.WATCH_ERROR,
  WatchEvent.NETWORK_ERROR,
  WatchEvent.DATA_ERROR,
];

/**
 * Watches all objects of a kind that there may be ten thousands of.
 *
 * A pair of Pepr's bindings, for creations and changes and for deletions, makes two watches, each of
 * which keeps every object whole, and writes each list out as text. This is one, of the client below
 * Pepr, and what it keeps of an object is the metadata: docs/scale.md has the figures.
 *
 * @param model the kind, as Pepr's `When` takes it
 */
export function watchAll<T extends GenericClass>(
  model: T,
  follower: Follower<InstanceType<T>>,
): void {
  const log = Log.child({ component: "watch", kind: model.name });
  const watcher = K8s(model).Watch((object, phase) => {
    if (phase === WatchPhase.Deleted) {
      follower.gone(object);
    } else if (phase === WatchPhase.Added || phase === WatchPhase.Modified) {
      follower.seen(object);
      forgetContent(object);
    }
  }, settings());
  for (const event of FAILURES) {
    watcher.events.on(event, (error: unknown) => {
      log.warn({ err: error, event }, "The watch failed; it is made anew");
    });
  }
  // It begins again by itself whatever happens, so this has no end to wait for.
  void watcher.start();
}

/** As Pepr sets its own watches up. */
function settings(): WatchCfg {
  const { env } = process;
  return {
    resyncDelaySec: Number(env.PEPR_RESYNC_DELAY_SECONDS ?? 5),
    lastSeenLimitSeconds: Number(env.PEPR_LAST_SEEN_LIMIT_SECONDS ?? 300),
    relistIntervalSec: Number(env.PEPR_RELIST_INTERVAL_SECONDS ?? 600),
  };
}

/**
 * The client keeps the object until it is deleted, to tell what a later list has not: for that it
 * takes the metadata.
 */
function forgetContent(object: kind.GenericKind): void {
  for (const field of Object.keys(object)) {
    if (!["apiVersion", "kind", "metadata"].includes(field)) {
      object[field] = undefined;
    }
  }
  Object.assign(object.metadata ?? {}, { managedFields: undefined, annotations: undefined });
}
