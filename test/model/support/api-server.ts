import { isDeepStrictEqual } from "node:util";
import type { Kind, Manifest, Stored } from "./objects";
import { nameOf } from "./objects";

/** One write, as watches tell of it. */
export interface Change {
  readonly kind: Kind;
  readonly phase: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: Stored;
  /** As it was before; undefined if it is new. */
  readonly before: Stored | undefined;
  /** Its resourceVersion: all writes have one order. */
  readonly version: number;
}

/** The API server refuses a request. */
export class Refusal extends Error {
  constructor(readonly status: number) {
    super(`refused with status ${status}`);
  }
}

const KINDS = [
  "Service",
  "EndpointSlice",
  "Pod",
  "CriticalService",
  "PodTemplate",
  "ConfigMap",
] as const satisfies Kind[];
const GRACE_MS = 6000;
/** Fields of an object whose change makes a new generation. */
const NOT_SPEC = ["metadata", "status"];

/** A small API server: it keeps objects, numbers their versions, and tells of each change. */
export class ApiServer {
  readonly #objects = new Map(KINDS.map(kind => [kind, new Map<string, Stored>()]));
  readonly #listeners: ((change: Change) => void)[] = [];
  #version = 0;
  #uids = 0;

  get version(): number {
    return this.#version;
  }

  onChange(listener: (change: Change) => void): void {
    this.#listeners.push(listener);
  }

  list(kind: Kind): Stored[] {
    return [...this.#of(kind).values()];
  }

  get(kind: Kind, name: string): Stored | undefined {
    return this.#of(kind).get(name);
  }

  /** @throws {Refusal} 409 if one of that name is there */
  create(kind: Kind, manifest: Manifest): Stored {
    if (this.get(kind, nameOf(manifest))) {
      throw new Refusal(409);
    }
    this.#uids += 1;
    const uid = `${String(this.#uids).padStart(5, "0")}-${kind}`;
    const metadata = { ...manifest.metadata, uid, generation: 1 };
    return this.#put(kind, undefined, { ...manifest, metadata });
  }

  /** Changes an object; a change that changes nothing is none. */
  update(kind: Kind, name: string, fields: Readonly<Record<string, unknown>>): Stored {
    const before = this.#need(kind, name);
    const after = { ...before, ...fields };
    if (isDeepStrictEqual(before, after)) {
      return before;
    }
    const isSpec = Object.keys(fields).some(field => !NOT_SPEC.includes(field));
    const generation = (before.metadata.generation ?? 1) + (isSpec ? 1 : 0);
    const metadata = { ...after.metadata, generation };
    return this.#put(kind, before, { ...after, metadata });
  }

  /**
   * Deletes an object, a Pod that runs after its grace period.
   *
   * @param uid of the very object that is meant
   * @throws {Refusal} 404, or 409 if another object has that name
   */
  delete(kind: Kind, name: string, uid?: string, graceMs = GRACE_MS): void {
    const object = this.#need(kind, name);
    if (uid !== undefined && object.metadata.uid !== uid) {
      throw new Refusal(409);
    }
    if (kind !== "Pod" || graceMs === 0) {
      this.#drop(kind, object);
    } else if (!object.metadata.deletionTimestamp) {
      const metadata = { ...object.metadata, deletionTimestamp: new Date().toISOString() };
      this.update(kind, name, { metadata });
      setTimeout(() => {
        this.#finish(kind, name, object.metadata.uid);
      }, graceMs);
    }
  }

  #finish(kind: Kind, name: string, uid: string): void {
    const object = this.get(kind, name);
    if (object?.metadata.uid === uid) {
      this.#drop(kind, object);
    }
  }

  #drop(kind: Kind, before: Stored): void {
    this.#of(kind).delete(nameOf(before));
    this.#version += 1;
    const metadata = { ...before.metadata, resourceVersion: String(this.#version) };
    this.#tell({ kind, phase: "DELETED", object: { ...before, metadata }, before });
  }

  #put(kind: Kind, before: Stored | undefined, manifest: Manifest): Stored {
    this.#version += 1;
    const metadata = { ...manifest.metadata, resourceVersion: String(this.#version) };
    const object = { ...manifest, metadata } as Stored;
    this.#of(kind).set(nameOf(object), object);
    this.#tell({ kind, phase: before ? "MODIFIED" : "ADDED", object, before });
    return object;
  }

  #tell(change: Omit<Change, "version">): void {
    const version = this.#version;
    for (const listener of this.#listeners) {
      listener({ ...change, version });
    }
  }

  #need(kind: Kind, name: string): Stored {
    const object = this.get(kind, name);
    if (!object) {
      throw new Refusal(404);
    }
    return object;
  }

  #of(kind: Kind): Map<string, Stored> {
    const objects = this.#objects.get(kind);
    if (!objects) {
      throw new Error(`no such kind: ${kind}`);
    }
    return objects;
  }
}
