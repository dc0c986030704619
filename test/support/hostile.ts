import fc from "fast-check";
import { FALLBACK_LABEL, type PodSpec } from "../../capabilities/domain/fallback-pod";
import type { PodTemplateSpec } from "../../capabilities/domain/kubernetes";
import { pageSpec } from "../../capabilities/domain/page/spec";
import { hostilePage, hostileText } from "../unit/page/hostile";

/** Names that every object, every Map or every array of JavaScript has already. */
const INHERITED = ["constructor", "toString", "valueOf", "hasOwnProperty", "length"];

/** A label that the API server takes, as unusual as it can be. */
const labelKey = fc.oneof(
  fc.constantFrom(...INHERITED, "app", "A_b.c-9", `${"a.".repeat(126)}b/${"x".repeat(63)}`),
  fc.stringMatching(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,20}[A-Za-z0-9])?$/),
);
const labelValue = fc.oneof(
  fc.constantFrom("", "x".repeat(63), "true", "0", "null", ...INHERITED),
  fc.stringMatching(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,20}[A-Za-z0-9])?$/),
);

/** Labels, up to hundreds of them. */
export const labels = fc
  .oneof(
    { arbitrary: fc.array(fc.tuple(labelKey, labelValue), { maxLength: 6 }), weight: 8 },
    {
      arbitrary: fc
        .nat({ max: 400 })
        .map(count => Array.from({ length: count }, (_, index) => [`l-${index}`, "v".repeat(63)])),
      weight: 1,
    },
  )
  .map(entries => Object.fromEntries(entries) as Record<string, string>);

/** A selector, that of the operator's own label among them. */
const selector = fc
  .tuple(labels, fc.option(fc.constantFrom("web", "another-service"), { nil: undefined, freq: 8 }))
  .map(([own, ours]) => ({ ...own, ...(ours && { [FALLBACK_LABEL]: ours }) }));

const targetPort = fc.oneof(
  fc.constantFrom<number | string>(1, 80, 8080, 20_000, 65_535, "standby-page", "a", "http-1"),
  fc.integer({ min: 1, max: 65_535 }),
);
const port = fc.record(
  {
    targetPort,
    protocol: fc.constantFrom("TCP", "TCP", "TCP", "UDP", "SCTP"),
    appProtocol: fc.constantFrom("http", "https", "kubernetes.io/h2c", "constructor", "x.y/z"),
  },
  { requiredKeys: ["targetPort"] },
);

/** Ports of a Service that the API server takes: their numbers and names differ. */
export const servicePorts = fc
  .oneof(
    { arbitrary: fc.array(port, { minLength: 1, maxLength: 5 }), weight: 8 },
    { arbitrary: fc.array(port, { minLength: 200, maxLength: 400, size: "max" }), weight: 1 },
  )
  .map(ports => ports.map((one, index) => ({ ...one, name: `p${index}`, port: index + 1 })));

/** What a Service says of itself, all of it valid. */
export const service = fc.record({
  labels,
  selector: selector.filter(labels => Object.keys(labels).length > 0),
  ports: servicePorts,
});

const anyJson = fc
  .jsonValue({ maxDepth: 3, stringUnit: "binary" })
  .map(value => JSON.parse(JSON.stringify(value)) as unknown);

/** Fields that nobody has asked for, `__proto__` among them, as JSON brings it: a key like any other. */
const strayFields = fc
  .array(
    fc.tuple(fc.constantFrom("__proto__", ...INHERITED, "nameSpace", "\u009b31m\n"), anyJson),
    {
      maxLength: 2,
    },
  )
  .map(entries => Object.fromEntries(entries) as Record<string, unknown>);

const matchLabels = fc.oneof(
  {
    arbitrary: fc
      .uniqueArray(labelKey, { minLength: 1, maxLength: 4 })
      .map(keys => keys.map(key => ({ key, value: key.slice(0, 8) }))),
    weight: 6,
  },
  { arbitrary: fc.array(fc.record({ key: hostileText, value: hostileText })), weight: 1 },
  {
    arbitrary: fc
      .nat({ max: 2000 })
      .map(count => Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: "" }))),
    weight: 1,
  },
  { arbitrary: anyJson, weight: 1 },
);

const podTemplate = fc.record({
  name: fc.oneof(fc.constantFrom("own", "constructor", "../../secrets/x", "a/b"), hostileText),
  namespace: fc.oneof(fc.constantFrom("kube-system", "..", "a%2fb"), hostileText),
});

const hostileConfigMap = fc.record({
  name: fc.constantFrom("page", "constructor", "../secrets", "a?b"),
  key: fc.constantFrom("index.html", "__proto__", "constructor", "toString", "..", "a/b"),
});

/** What a CriticalService may be sent with; much of it is to be refused. */
export const spec = fc
  .record(
    {
      namespace: fc.oneof(
        { arbitrary: fc.constantFrom("", "hostile", "constructor"), weight: 6 },
        { arbitrary: hostileText, weight: 1 },
      ),
      matchLabels,
      standby: fc.oneof(
        { arbitrary: fc.constantFrom("Cold", "Warm"), weight: 6 },
        { arbitrary: anyJson, weight: 1 },
      ),
      page: fc.oneof(
        { arbitrary: hostilePage, weight: 6 },
        { arbitrary: fc.record({ configMap: hostileConfigMap }), weight: 2 },
        { arbitrary: anyJson, weight: 1 },
      ),
      podTemplate,
      stray: fc.option(strayFields, { freq: 4 }),
    },
    { requiredKeys: ["matchLabels"] },
  )
  .map(({ stray, ...spec }) => ({ ...spec, ...stray }));

type Template = PodTemplateSpec<PodSpec> & { spec: PodSpec };

/** What the schema takes of it, for a Service and a PodTemplate that are named elsewhere. */
export const acceptedSpec = fc.record({
  standby: fc.constantFrom("Cold", "Warm"),
  page: fc.option(hostilePage.filter(page => pageSpec.safeParse(page).success)),
});

const container = fc.record(
  {
    name: fc.constantFrom("app", "constructor"),
    image: fc.constantFrom("example.com/a:1", "x"),
    ports: fc.constantFrom(80, 1).map(port => [{ containerPort: port, hostPort: port }]),
    env: fc.constantFrom(
      [{ name: "X", value: "\u001b[31m" }],
      [{ name: "X", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }],
    ),
    securityContext: fc.constantFrom(
      { privileged: true },
      { capabilities: { add: ["SYS_ADMIN"] } },
      { seccompProfile: { type: "Unconfined" } },
      { runAsUser: 0 },
    ),
    livenessProbe: fc.constant({ httpGet: { host: "169.254.169.254", port: 80 } }),
  },
  { requiredKeys: ["name", "image"] },
);

const volume = fc.constantFrom(
  { hostPath: { path: "/" } },
  { secret: { secretName: "s" } },
  { persistentVolumeClaim: { claimName: "c" } },
  { projected: { sources: [{ serviceAccountToken: { path: "token" } }] } },
  { emptyDir: {} },
);

/** What a PodTemplate holds, all of it valid. */
export const template: fc.Arbitrary<Template> = fc.record({
  metadata: fc.record({
    labels: labels.map(own => ({ ...own, [FALLBACK_LABEL]: "x" })),
    annotations: fc.dictionary(
      fc.constantFrom("service-watcher", "mycrd.com/page-hash", "mycrd.com/pod-template", "note"),
      hostileText.map(text => text.replace(/\p{Surrogate}/gu, "")),
    ),
  }),
  spec: fc.record(
    {
      containers: container.map(one => [one]),
      volumes: fc.array(volume, { maxLength: 3 }).map(named),
      hostNetwork: fc.boolean(),
      hostPID: fc.boolean(),
      serviceAccountName: fc.constantFrom("", "default", "admin"),
      automountServiceAccountToken: fc.boolean(),
      terminationGracePeriodSeconds: fc.constantFrom(0, 1, 30, 86_400),
    },
    { requiredKeys: ["containers"] },
  ),
});

function named(volumes: object[]): object[] {
  return volumes.map((volume, index) => ({ name: `v${index}`, ...volume }));
}

/** An object in an object in an object. */
export function nested(depth: number): object {
  return JSON.parse(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`) as object;
}

/** An object of many fields. */
export function many(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`field-${index}`, 1]));
}
