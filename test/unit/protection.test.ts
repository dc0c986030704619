import fc from "fast-check";
import { expect, it } from "vitest";
import { protects, type CriticalServiceSpec } from "../../capabilities/domain/critical-service";
import { Protection } from "../../capabilities/domain/protection";
import { aService } from "./build";

const KEYS = ["shop/a", "shop/b", "blog/a"];
const NAMES = ["one", "two", "three"];
const anyLabels = fc.dictionary(
  fc.constantFrom("app", "tier", "constructor"),
  fc.constantFrom("x", "y"),
);
const anySpec = fc.record({
  namespace: fc.constantFrom(undefined, "shop"),
  matchLabels: anyLabels
    .filter(labels => Object.keys(labels).length > 0)
    .map(labels => Object.entries(labels).map(([key, value]) => ({ key, value }))),
});
const anyStep = fc.oneof(
  fc.record({ key: fc.constantFrom(...KEYS), labels: fc.option(anyLabels) }),
  fc.record({ name: fc.constantFrom(...NAMES), spec: fc.option(anySpec) }),
);

it("finds who names whom as a look at all would", () => {
  fc.assert(
    fc.property(fc.array(anyStep), steps => {
      const protection = new Protection();
      const services = new Map<string, Record<string, string>>();
      const specs = new Map<string, Pick<CriticalServiceSpec, "namespace" | "matchLabels">>();
      const namedBy = (name: string) => {
        const spec = specs.get(name);
        return KEYS.filter(key => spec && protects(spec, key, services.get(key) ?? {}));
      };
      for (const step of steps) {
        if ("key" in step) {
          const { key, labels } = step;
          if (labels) {
            services.set(key, labels);
            protection.setService(key, aService({ labels }));
          } else {
            services.delete(key);
            protection.deleteService(key);
          }
        } else {
          const { name, spec } = step;
          const before = namedBy(name);
          specs.delete(name);
          if (spec) {
            specs.set(name, spec);
          }
          const concerned = spec
            ? protection.setCriticalService(name, "u", { spec })
            : protection.deleteCriticalService(name);
          expect(concerned.sort()).toEqual([...new Set([...before, ...namedBy(name)])].sort());
        }
        for (const key of KEYS) {
          const protectors = NAMES.filter(name => namedBy(name).includes(key)).sort();
          expect(protection.protectorsOf(key).map(({ name }) => name)).toEqual(protectors);
        }
      }
    }),
  );
});
