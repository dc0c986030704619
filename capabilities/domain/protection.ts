import {
  protects,
  readCriticalServiceSpec,
  type CriticalServiceObject,
  type CriticalServiceSpec,
} from "./critical-service";
import type { ServiceKey } from "./kubernetes";
import { Groups } from "./groups";
import type { ServiceRecord } from "./service";
import type { Protector } from "./situation";
import type { CriticalServiceStatus } from "./status";

/** What is kept of a CriticalService. */
export interface CriticalServiceRecord {
  readonly uid: string;
  readonly generation: number | undefined;
  /** Undefined if it can't be read. */
  readonly spec: CriticalServiceSpec | undefined;
  readonly problems: readonly string[];
  readonly status: CriticalServiceStatus | undefined;
}

/**
 * Which CriticalServices name which Services, both ways. There may be thousands of either, so they are
 * found by a label and not by going through all.
 */
export class Protection {
  readonly #services = new Map<ServiceKey, ServiceRecord>();
  readonly #byLabel = new Groups<ServiceKey>();
  readonly #criticalServices = new Map<string, CriticalServiceRecord>();
  /** By the first of the labels that they ask for. */
  readonly #byFirstLabel = new Groups<string>();

  services(): Iterable<ServiceKey> {
    return this.#services.keys();
  }

  service(key: ServiceKey): ServiceRecord | undefined {
    return this.#services.get(key);
  }

  setService(key: ServiceKey, service: ServiceRecord): void {
    this.deleteService(key);
    this.#services.set(key, service);
    for (const label of groupsOf(service.labels)) {
      this.#byLabel.add(label, key);
    }
  }

  deleteService(key: ServiceKey): void {
    for (const label of groupsOf(this.#services.get(key)?.labels ?? {})) {
      this.#byLabel.remove(label, key);
    }
    this.#services.delete(key);
  }

  criticalService(name: string): CriticalServiceRecord | undefined {
    return this.#criticalServices.get(name);
  }

  /** @returns the Services that it named, or names now */
  setCriticalService(name: string, uid: string, object: CriticalServiceObject): ServiceKey[] {
    const before = this.#criticalServices.get(name)?.spec;
    const { spec, problems = [] } = readCriticalServiceSpec(object.spec);
    const { generation } = object.metadata ?? {};
    this.#replace(name, { uid, generation, spec, problems, status: object.status });
    return this.#named(before, spec);
  }

  setStatus(name: string, status: CriticalServiceStatus | undefined): void {
    const known = this.#criticalServices.get(name);
    if (known) {
      this.#criticalServices.set(name, { ...known, status });
    }
  }

  /** @returns the Services that it named */
  deleteCriticalService(name: string): ServiceKey[] {
    const before = this.#criticalServices.get(name)?.spec;
    this.#replace(name, undefined);
    return this.#named(before);
  }

  /** The CriticalServices that name a Service, by name. */
  protectorsOf(key: ServiceKey): Protector[] {
    const { labels = {} } = this.#services.get(key) ?? {};
    return groupsOf(labels)
      .flatMap(label => this.#byFirstLabel.of(label))
      .flatMap(name => {
        const spec = this.#criticalServices.get(name)?.spec;
        return spec && protects(spec, key, labels) ? [{ name, spec }] : [];
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #replace(name: string, record: CriticalServiceRecord | undefined): void {
    const before = firstLabel(this.#criticalServices.get(name)?.spec);
    if (before !== undefined) {
      this.#byFirstLabel.remove(before, name);
    }
    this.#criticalServices.delete(name);
    if (record) {
      this.#criticalServices.set(name, record);
    }
    const now = firstLabel(record?.spec);
    if (now !== undefined) {
      this.#byFirstLabel.add(now, name);
    }
  }

  #named(...specs: (CriticalServiceSpec | undefined)[]): ServiceKey[] {
    const named = specs.flatMap(spec => {
      const label = firstLabel(spec);
      const carriers = label === undefined ? [] : this.#byLabel.of(label);
      return carriers.filter(
        key => spec && protects(spec, key, this.#services.get(key)?.labels ?? {}),
      );
    });
    return [...new Set(named)];
  }
}

/** The groups that an object with these labels belongs to. */
function groupsOf(labels: Readonly<Record<string, string>>): string[] {
  return Object.entries(labels).map(([key, value]) => groupOf(key, value));
}

function firstLabel(spec: CriticalServiceSpec | undefined): string | undefined {
  const [first] = spec?.matchLabels ?? [];
  return first && groupOf(first.key, first.value);
}

/** Those that carry a label. No key or value has the sign "=". */
function groupOf(key: string, value: string): string {
  return `${key}=${value}`;
}
