import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FALLBACK_LABEL, isReady } from "../../capabilities/domain/fallback-pod";
import type { OperatorProcess } from "../../hack/operator";
import { operatorRequests } from "../support/audit";
import { openCluster, sample, type Cluster } from "../support/cluster";
import * as hostile from "../support/hostile";
import { makeForgeries } from "../support/forgeries";
import { send } from "../support/http-client";
import { inTurn, isSettled, messagesOf, Outsider, type RawObject } from "../support/outsider";
import { eventually, Playground } from "../support/play";

// What is sent differs from one to the next, but not from run to run.
const SEED = 20_171;
const COUNT = 40;
/** What a terminal obeys. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}]/u;
const POST = { tls: true, method: "POST", headers: { "Content-Type": "application/json" } };
const POD = { containers: [{ name: "app", image: "example.com/app:1" }] };

let cluster: Cluster;
let operator: OperatorProcess;
let outsider: Outsider;
let play: Playground;
let elsewhere: Playground;
let exitCode: number | null | undefined;

beforeAll(async () => {
  cluster = await openCluster();
  process.env.KUBECONFIG = cluster.controlPlane.kubeconfig;
  operator = await cluster.startOperator();
  void operator.ended().then(code => (exitCode = code));
  await cluster.crdServed();
  outsider = new Outsider(cluster.controlPlane);
  [play, elsewhere] = await Promise.all([Playground.create(), Playground.create()]);
});
afterAll(() => cluster.close());

describe("hundreds of hostile objects", { timeout: 120_000 }, () => {
  it("are each taken, or refused by a message that names the field", async () => {
    const templates = samples(hostile.template);
    await inTurn(samples(hostile.spec), async (spec, index) => {
      expectVerdict(await outsider.critical(`any-${index}`, spec), /spec|JSON|metadata/);
    });
    await inTurn(samples(hostile.service), async ({ labels, ...spec }, index) => {
      const metadata = { name: `s${index}`, labels: { ...labels, hostile: `s${index}` } };
      expectVerdict(await outsider.post(path("services"), { metadata, spec }), /^$/);
      const template = { metadata: { name: `t${index}` }, template: templates[index] };
      expectVerdict(await outsider.post(path("podtemplates", home(index)), template), /template\./);
    });
  });

  it("end with a fallback, or with a short reason why there is none", async () => {
    await inTurn(samples(hostile.acceptedSpec), async ({ page, standby }, index) => {
      const template = { namespace: home(index).namespace, name: `t${index}` };
      const content = page ? { page } : { podTemplate: template };
      const spec = { namespace: play.namespace, standby, ...content };
      const matchLabels = [{ key: "hostile", value: `s${index}` }];
      const answer = await outsider.critical(`pair-${index}`, { ...spec, matchLabels });
      expectVerdict(answer, /^$/);
    });
    const pairs = await eventually(async () => {
      const all = await outsider.statuses();
      const pairs = all.filter(({ name }) => name.startsWith("pair-"));
      expect(pairs).toHaveLength(COUNT);
      expect(pairs.filter(({ status }) => !isSettled(status))).toEqual([]);
      return pairs;
    });
    for (const { status } of pairs) {
      expect(JSON.stringify(status).length).toBeLessThan(16_384);
      expect(messagesOf(status).filter(text => UNPRINTABLE.test(text))).toEqual([]);
    }
  });
});

describe("a CriticalService that only the schema has checked", () => {
  beforeAll(async () => {
    const names = "validatingwebhookconfiguration,mutatingwebhookconfiguration";
    await cluster.kubectl.delete(names, "pepr-critsvc");
  });

  it.each<[string, object, string]>([
    ["__proto__", JSON.parse('{"__proto__": {"standby": "Warm"}}') as object, "spec.__proto__"],
    ["constructor", { constructor: { prototype: { page: {} } } }, "spec.constructor"],
    ["1,000 levels", { deep: hostile.nested(1000) }, "spec.deep"],
    ["5,000 fields", hostile.many(5000), "more fault(s)"],
    ["one huge field", { huge: "\u001b[31m".repeat(80_000) }, "spec.huge"],
    ["a huge name", { ["\u202e".repeat(100_000)]: 1 }, "u{202e}"],
    ["a page's stray field", { page: { "\n\u009b31m": 1 } }, "spec.page["],
  ])("with %s is refused in its status, in a few lines", async (what, stray, field) => {
    const name = `stray-${what.replace(/[^a-z]+/g, "")}`;
    const spec = { matchLabels: [{ key: "app", value: "shop" }], ...stray };
    // The webhooks may be asked for a moment yet.
    await eventually(async () => {
      expectVerdict(await outsider.critical(name, spec), /^$/);
    });
    await eventually(async () => {
      const { conditions = [] } = (await outsider.statusOf(name)) ?? {};
      const {
        status,
        reason,
        message = "",
      } = conditions.find(({ type }) => type === "Ready") ?? {};
      expect({ status, reason }).toEqual({ status: "False", reason: "InvalidSpec" });
      expect(message).toContain(field);
      expect(message.length).toBeLessThan(6000);
      expect(message).not.toMatch(UNPRINTABLE);
    });
  });
});

describe("what leads nowhere", () => {
  it("is said of a ConfigMap's key that every object has", async () => {
    const configMap = { metadata: { name: "page" }, data: { "index.html": "x" } };
    await outsider.own(path("configmaps"), configMap);
    await pair("inherited", { page: { configMap: { name: "page", key: "constructor" } } });
    await play.fallbackServes("inherited");
    await statusSays("inherited", "Active", "has no key constructor");
  });

  it("is said shortly of a Service with 3,000 ports that no page serves", async () => {
    const ports = Array.from({ length: 3000 }, (_, index) => ({
      ...{ name: `p${index}`, port: index + 1, protocol: index === 0 ? "TCP" : "UDP" },
    }));
    await pair("ports", { page: {} }, { ports });
    await play.fallbackServes("ports");
    await statusSays("ports", "Active", "its page does not serve 2989 more port(s)");
    expect(JSON.stringify(await outsider.statusOf("ports")).length).toBeLessThan(16_384);
  });

  it.each(["Cold", "Warm"])("is said of a selector by the operator's label, %s", async standby => {
    const name = `selector-${standby.toLowerCase()}`;
    const wanted = standby === "Cold" ? "another" : name;
    await pair(name, { page: {}, standby }, { selector: { [FALLBACK_LABEL]: wanted } });
    await statusSays(name, "Blocked", `spec.selector of the Service has ${FALLBACK_LABEL}`);
    expect(await play.fallbacks(name)).toEqual([]);
  });

  it("is not to start a PodTemplate with the annotations of a page over and over", async () => {
    const annotations = { "mycrd.com/page-hash": "x", "mycrd.com/pod-template": "y" };
    await template("annotated", { metadata: { annotations }, spec: POD }, play);
    await pair("annotated", { podTemplate: { namespace: play.namespace, name: "annotated" } });
    const before = await play.fallbackServes("annotated");
    await play.operatorCaughtUp(() => operator.lines);
    expect((await play.fallbackServes("annotated")).metadata?.uid).toBe(before.metadata?.uid);
  });
});

describe("a PodTemplate of another namespace", () => {
  it.each<[string, object]>([
    ["volumes[0].secret", { volumes: [{ name: "s", secret: { secretName: "tls" } }] }],
    ["automountServiceAccountToken", { automountServiceAccountToken: true }],
  ])("gets no %s of the Service's namespace", async (field, spec) => {
    const name = field.replace(/\W+/g, "-").toLowerCase();
    await template(name, { spec: { ...POD, ...spec } }, elsewhere);
    await pair(name, { podTemplate: { namespace: elsewhere.namespace, name } });
    await statusSays(name, "Blocked", `remove template.spec.${field}, copy it to`);
    expect(await play.fallbacks(name)).toEqual([]);
  });

  it("attracts nobody else's clients, and has no token", async () => {
    const metadata = { labels: { app: "bank" }, annotations: { "x.example.com/role": "admin" } };
    await template("stranger", { metadata, spec: POD }, elsewhere);
    await pair("stranger", { podTemplate: { namespace: elsewhere.namespace, name: "stranger" } });
    const pod = await play.fallbackServes("stranger");
    expect(pod.metadata?.labels).toEqual({ app: "stranger", [FALLBACK_LABEL]: "stranger" });
    expect(pod.metadata?.annotations).not.toHaveProperty(["x.example.com/role"]);
    expect(pod.spec?.automountServiceAccountToken).toBe(false);
  });
});

describe("the PodTemplate that nobody has named", () => {
  it("is held to the same rules as those that CriticalServices name", async () => {
    const page = sample("2-pod-template") as { template: { spec: object } };
    const spec = { ...page.template.spec, hostNetwork: true };
    await cluster.kubectl.apply({ ...page, template: { spec } });
    await pair("default", {});
    await statusSays("default", "Blocked", "remove template.spec.hostNetwork");
    await cluster.kubectl.apply(page);
    await play.fallbackServes("default");
  });
});

describe("forged marks", () => {
  it("make no Pod, EndpointSlice or Event the operator's", async () => {
    const { metadata } = await service("victim");
    await makeForgeries(outsider, play.namespace, "victim", metadata.uid);
    await outsider.critical("victim", { matchLabels: [{ key: "hostile", value: "victim" }] });
    const fallback = await eventually(async () => {
      const pod = await play.find("service-watcher-victim");
      expect(isReady(pod ?? {})).toBe(true);
      expect(await play.podsBehind("victim")).toEqual([pod?.metadata?.uid]);
      return pod;
    });
    await play.pod("real", "victim");
    await eventually(async () => {
      const pods = await play.fallbacks("victim");
      expect(pods.map(pod => pod.metadata?.uid)).not.toContain(fallback?.metadata?.uid);
    });
    // It has tried to count up the Event that is not its own, and was refused.
    await eventually(() => {
      expect(outsider.writes(operatorRequests(cluster)).join()).toMatch(
        /patch .*\/events\/.*: 422/,
      );
    });
  });
});

describe("after all that", () => {
  it("the same operator does its work for an ordinary Service", async () => {
    const shop = await Playground.create();
    await shop.criticalService("shop");
    await shop.service("shop");
    await shop.fallbackServes("shop");
    await shop.pod("web", "shop");
    await shop.fallbackGone("shop");
    expect(exitCode).toBeUndefined();
  });

  it("it has said nothing of an error that nobody handled", () => {
    for (const { lines, output } of [operator, cluster.admission]) {
      expect(output).toBe("");
      expect(lines.filter(({ level }) => level >= 50)).toEqual([]);
    }
  });

  it("what is not the operator's is as it was", async () => {
    const writes = outsider.writes(operatorRequests(cluster));
    expect(writes.filter(what => /: 2\d\d$/.test(what))).toEqual([]);
    expect(await outsider.changed()).toEqual([]);
  });
});

describe("a neighbour on the network", () => {
  it.each<[string, () => OperatorProcess]>([
    ["watcher", () => operator],
    ["admission", () => cluster.admission],
  ])("is refused by the %s, and ends nothing", async (_, process) => {
    const { port } = process();
    const post = (path: string, body: string) =>
      send(port, { ...POST, path, body: Buffer.from(body) });
    const answers = [
      await post("/validate/guessed", JSON.stringify({ request: {} })),
      await post("/mutate/%00%0a", "{"),
      await post("/mutate/x", "[".repeat(100_000)),
      await post("/", JSON.stringify({ __proto__: null, request: null })),
      await post("/metrics", "x".repeat(2_200_000)),
      await send(port, { tls: true, method: "DELETE", path: "/healthz" }),
    ];
    for (const { status } of answers) {
      expect([400, 401, 404, 413]).toContain(status);
    }
    expect(await send(port, { tls: true, path: "/healthz" })).toMatchObject({ status: 200 });
  });
});

function path(resource: string, { namespace } = play): string {
  return `/api/v1/namespaces/${namespace}/${resource}`;
}

/** Where the PodTemplate of that number is: with its Service, or not. */
function home(index: number): Playground {
  return index % 2 === 0 ? play : elsewhere;
}

function samples<T>(arbitrary: fc.Arbitrary<T>): T[] {
  return fc.sample(arbitrary, { seed: SEED, numRuns: COUNT });
}

/** Taken, or refused with a reason that fits. */
function expectVerdict({ status, message }: { status: number; message: string }, why: RegExp) {
  expect([201, 400, 422], message).toContain(status);
  expect(message).toMatch(status === 201 ? /^$/ : why);
}

async function service(name: string, change: object = {}): Promise<RawObject> {
  const metadata = { name, labels: { hostile: name } };
  const spec = { selector: { app: name }, ports: [{ port: 80 }], ...change };
  return outsider.own(path("services"), { metadata, spec });
}

/** A Service, and a CriticalService that names it. */
async function pair(name: string, spec: object, change: object = {}): Promise<void> {
  await outsider.critical(name, { matchLabels: [{ key: "hostile", value: name }], ...spec });
  await service(name, change);
}

async function template(name: string, content: object, at: Playground): Promise<void> {
  await outsider.own(path("podtemplates", at), { metadata: { name }, template: content });
}

async function statusSays(name: string, phase: string, message: string): Promise<void> {
  await eventually(async () => {
    const status = await outsider.statusOf(name);
    expect(status?.services).toMatchObject([{ phase }]);
    expect(messagesOf(status).join()).toContain(message);
  });
}
