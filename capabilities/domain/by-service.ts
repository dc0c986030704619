import { Groups } from "./groups";
import { splitServiceKey, type ObjectMeta, type ServiceKey } from "./kubernetes";

interface Versioned<T> {
  readonly version: number;
  readonly value: T;
}

/** What is kept of the objects of one kind that belong to Services, by Service and UID. */
export class ByService<T> {
  readonly #objects = new Map<ServiceKey, Map<string, Versioned<T>>>();
  readonly #byNamespace = new Groups<ServiceKey>();

  /**
   * Keeps what an object is now, unless a newer state of it is known: the answer to a write of ours
   * may come before the events that lead up to it, or after those that follow it.
   */
  put(key: ServiceKey, { uid = "", resourceVersion }: ObjectMeta, value: T): void {
    const version = Number(resourceVersion);
    const objects = this.#objects.get(key) ?? this.#open(key);
    const known = objects.get(uid);
    if (!(known && known.version > version)) {
      objects.set(uid, { version, value });
    }
  }

  /** Changes what is kept of an object, if it is known. */
  change(key: ServiceKey, uid: string, how: (value: T) => T): void {
    const objects = this.#objects.get(key);
    const known = objects?.get(uid);
    if (known) {
      objects?.set(uid, { ...known, value: how(known.value) });
    }
  }

  take(key: ServiceKey, uid: string): void {
    const objects = this.#objects.get(key);
    objects?.delete(uid);
    if (objects?.size === 0) {
      this.#objects.delete(key);
      this.#byNamespace.remove(splitServiceKey(key).namespace, key);
    }
  }

  /** What is kept of the objects of one Service, by UID: every operator has them in this order. */
  of(key: ServiceKey): T[] {
    return [...(this.#objects.get(key) ?? [])]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([, { value }]) => value);
  }

  /** The Services of a namespace that something is kept of. */
  keysIn(namespace: string): readonly ServiceKey[] {
    return this.#byNamespace.of(namespace);
  }

  keys(): ServiceKey[] {
    return [...this.#objects.keys()];
  }

  /** Makes a place for the objects of a Service that has none yet. */
  #open(key: ServiceKey): Map<string, Versioned<T>> {
    const objects = new Map<string, Versioned<T>>();
    this.#objects.set(key, objects);
    this.#byNamespace.add(splitServiceKey(key).namespace, key);
    return objects;
  }
}
