import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  criticalServiceSpec,
  readCriticalServiceSpec,
  type CriticalServiceSpec,
} from "../../capabilities/domain/critical-service";
import { decide } from "../../capabilities/domain/decide";
import {
  buildFallbackPod,
  fallbackFor,
  FALLBACK_LABEL,
  isSelected,
} from "../../capabilities/domain/fallback-pod";
import { asStranger, borrowedFields } from "../../capabilities/domain/foreign-template";
import type { PodObject } from "../../capabilities/domain/kubernetes";
import { oneLine } from "../../capabilities/domain/message";
import { PageError, pagePodTemplate } from "../../capabilities/domain/page/pod";
import { privilegedFields } from "../../capabilities/domain/privileges";
import { View } from "../../capabilities/domain/view";
import * as hostile from "../support/hostile";
import { aService } from "./build";
import { hostileText } from "./page/hostile";

/** What a terminal obeys. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Surrogate}]/u;
const IMAGE = "example.com/page:1";

describe("a hostile CriticalService", () => {
  it("is read, or refused in a few short lines that name its fields", () => {
    fc.assert(
      fc.property(hostile.spec, input => {
        const { spec, problems = [] } = readCriticalServiceSpec(input);
        expect(spec !== undefined || problems.length > 0).toBe(true);
        expect(problems.length).toBeLessThanOrEqual(11);
        for (const problem of problems) {
          expect(problem).toMatch(/^spec/);
          expect(problem.length).toBeLessThanOrEqual(500);
          expect(problem).not.toMatch(UNPRINTABLE);
        }
      }),
    );
  });

  it("with 50,000 faults is refused in as few lines, and all are counted", () => {
    const stray = Array.from({ length: 50_000 }, (_, index) => [`\u001b${index}`, 1] as const);
    const { problems = [] } = readCriticalServiceSpec({ ...Object.fromEntries(stray) });
    expect(problems).toHaveLength(11);
    expect(problems.at(-1)).toBe("spec has 49991 more fault(s)");
    expect(problems.join("")).not.toMatch(UNPRINTABLE);
  });

  it("that is accepted makes a Pod that the API server takes, or a clear error", () => {
    const accepted = hostile.spec
      .map(spec => criticalServiceSpec.safeParse({ ...spec, podTemplate: undefined }).data)
      .filter((spec): spec is CriticalServiceSpec => spec?.page !== undefined);
    fc.assert(
      fc.property(accepted, hostile.service, ({ page, standby }, change) => {
        const service = aService(change);
        const { ports } = service;
        if (!page) {
          return;
        }
        const input = { spec: page, ports, standby: standby === "Warm", image: IMAGE };
        const template = orPageError(() => pagePodTemplate(input));
        if (!template) {
          return;
        }
        const at = { namespace: "shop", service: "web", podName: "standin-web", standby };
        const pod = buildFallbackPod(at, service, template);
        expectValid(pod);
        const { spec } = template as { spec: object };
        expect([...privilegedFields({ spec }), ...borrowedFields(spec)]).toEqual([]);
        expect(pod.spec.automountServiceAccountToken).toBe(false);
      }),
    );
  });
});

function orPageError<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    expect(error).toBeInstanceOf(PageError);
    expect((error as Error).message).toMatch(/^spec\./);
    return undefined;
  }
}

/** The API server's rules for what depends on the page and the Service. */
function expectValid(pod: PodObject): void {
  const { annotations = {} } = pod.metadata ?? {};
  const bytes = Object.entries(annotations)
    .flat()
    .reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  expect(bytes).toBeLessThanOrEqual(256 * 1024);
  const ports = (pod.spec?.containers ?? []).flatMap(({ ports }) => ports ?? []);
  const names = ports.flatMap(({ name }) => name ?? []);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) {
    expect(name).toMatch(/^(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$/);
  }
  const numbers = ports.map(({ containerPort }) => containerPort);
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(numbers.filter(number => !(number >= 1 && number <= 65_535))).toEqual([]);
}

describe("a hostile Service or PodTemplate", () => {
  it("makes a Pod that is marked as the operator's, and selected if it is to be", () => {
    fc.assert(
      fc.property(hostile.service, hostile.template, fc.boolean(), (change, template, isWarm) => {
        const service = aService(change);
        const standby = isWarm ? "Warm" : "Cold";
        const at = { namespace: "shop", service: "web", podName: "standin-web", standby } as const;
        const pod = buildFallbackPod(at, service, template);
        expect(fallbackFor(pod)).toBe("web");
        expect(pod.metadata.ownerReferences).toEqual([
          { apiVersion: "v1", kind: "Service", name: "web", uid: "s1", controller: true },
        ]);
        if (!Object.hasOwn(service.selector, FALLBACK_LABEL)) {
          expect(isSelected(pod.metadata, service)).toBe(standby === "Cold");
        }
      }),
    );
  });

  it("of another namespace brings nothing but what its containers run", () => {
    fc.assert(
      fc.property(hostile.template, template => {
        const stranger = asStranger(template);
        expect(stranger.metadata).toEqual({});
        expect(stranger.spec).toEqual({ ...template.spec, automountServiceAccountToken: false });
      }),
    );
  });
});

/** Objects of any shape: the API server's are a small part of them. */
const anyObject = fc.record(
  {
    metadata: fc.record(
      {
        namespace: fc.constantFrom("shop", "constructor", ""),
        name: fc.constantFrom("web", "constructor", "__proto__"),
        uid: fc.constantFrom("a", "b", "c", "s1"),
        resourceVersion: fc.constantFrom("1", "2", "3", "x"),
        labels: fc.dictionary(
          fc.constantFrom(
            FALLBACK_LABEL,
            "kubernetes.io/service-name",
            "endpointslice.kubernetes.io/managed-by",
          ),
          fc.constantFrom("web", "constructor", "critical-service-operator.mycrd.com"),
        ),
        annotations: fc.dictionary(fc.constant("service-watcher"), fc.constantFrom("owned", "x")),
        ownerReferences: fc.array(
          fc.record({
            apiVersion: fc.constantFrom("v1", "serving.knative.dev/v1"),
            kind: fc.constantFrom("Service", "ReplicaSet"),
            name: fc.constantFrom("web", "constructor"),
            uid: fc.constantFrom("s1", "b"),
            controller: fc.boolean(),
          }),
          { maxLength: 2 },
        ),
      },
      { requiredKeys: ["uid", "resourceVersion"] },
    ),
    spec: fc.oneof(
      hostile.spec as fc.Arbitrary<object>,
      hostile.service as fc.Arbitrary<object>,
      fc.constant({ selector: { app: "shop" }, ports: [{ port: 80 }] }),
    ),
    endpoints: fc.constantFrom(null, [], [{ addresses: [], targetRef: { uid: "a" } }]),
    ports: fc.constantFrom(null, [], [{}]),
    status: fc.constantFrom({}, { phase: "Failed" }, { podIPs: [{}, { ip: "x" }] }),
  },
  { requiredKeys: ["metadata"] },
);

const EVENTS = [
  ...["setService", "dropService", "setSlice", "dropSlice", "setFallback", "dropFallback"],
  ...["setCriticalService", "dropCriticalService"],
] as const;

describe("the view", () => {
  it("takes whatever comes, and a decision can be made", () => {
    const history = fc.array(fc.tuple(fc.constantFrom(...EVENTS), anyObject), { maxLength: 20 });
    fc.assert(
      fc.property(history, events => {
        const view = new View();
        for (const [event, object] of events) {
          const handle = view[event as "setService"].bind(view);
          for (const key of (handle(object as never) as string[] | undefined) ?? []) {
            const { reason } = decide(view.situation(key));
            expect(reason).not.toBe("");
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it("takes a Pod for the operator's own only with all three marks", () => {
    fc.assert(
      fc.property(anyObject, object => {
        const pod = object as PodObject;
        const { labels = {}, annotations = {}, ownerReferences = [] } = pod.metadata ?? {};
        const service = labels[FALLBACK_LABEL];
        const controller = ownerReferences.find(owner => owner.controller);
        const isMarked =
          annotations["service-watcher"] === "owned" &&
          controller?.apiVersion === "v1" &&
          controller.kind === "Service" &&
          controller.name === service;
        expect(fallbackFor(pod) !== undefined).toBe(isMarked);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("oneLine", () => {
  it("makes any text one line of the length that is asked for, and changes no plain one", () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 1, max: 200 }), (text, limit) => {
        const line = oneLine(text, limit);
        expect(line.length).toBeLessThanOrEqual(limit);
        expect(line).not.toMatch(UNPRINTABLE);
        expect(line).not.toMatch(/[\n\r\u2028\u2029]/);
      }),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]{0,200}$/), text => {
        expect(oneLine(text, 200)).toBe(text);
      }),
    );
  });

  it.each([
    ["a\n\tb", "a b"],
    ["\u001b[31mred\u202e", "\\u{1b}[31mred\\u{202e}"],
    ["\ud83d", "\\u{d83d}"],
    ["é\u{1F527}", "é\u{1F527}"],
  ])("%j becomes %s", (text, line) => {
    expect(oneLine(text, 100)).toBe(line);
  });
});
