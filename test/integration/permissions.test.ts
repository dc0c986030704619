import { K8s, kind } from "kubernetes-fluent-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CriticalService } from "../../capabilities/cluster/critical-services";
import { operatorRequests, type AuditedRequest } from "../support/audit";
import { openCluster, type Cluster } from "../support/cluster";
import { eventually, Playground, said } from "../support/play";

/** What Pepr grants to every module with a watch, for its store and its CRD. */
const PEPR_ADDS = [
  ...["create", "get", "patch", "watch"].map(verb => `${verb} pepr.dev/peprstores`),
  ...["create", "patch"].map(verb => `${verb} apiextensions.k8s.io/customresourcedefinitions`),
];

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

let cluster: Cluster;
let play: Playground;

beforeAll(async () => {
  cluster = await openCluster();
  process.env.KUBECONFIG = cluster.controlPlane.kubeconfig;
  play = await Playground.create();
  await doAllThatTheOperatorDoes();
});
afterAll(() => cluster.close());

describe("the operator's permissions", () => {
  it("are all that it needs: nothing is refused", () => {
    const refused = operatorRequests(cluster).filter(
      ({ responseStatus }) => responseStatus?.code === 403,
    );
    expect(refused.map(permission)).toEqual([]);
  });

  it("are no more than it uses, beside what Pepr adds by itself", async () => {
    const granted = rules().flatMap(({ apiGroups, resources, verbs }) =>
      verbs.map(verb => `${verb} ${apiGroups.join()}/${resources.join()}`),
    );
    const used = () => new Set(operatorRequests(cluster).map(permission));
    // The second operator may yet be about to tell what the first has told.
    await eventually(() => {
      const unused = granted.filter(one => !used().has(one) && !PEPR_ADDS.includes(one));
      expect(unused).toEqual([]);
    });
    expect([...used()].filter(one => !granted.includes(one))).toEqual([]);
  });

  it("hold no wildcard", () => {
    expect(JSON.stringify(rules())).not.toContain("*");
  });
});

async function doAllThatTheOperatorDoes(): Promise<void> {
  const operators = await Promise.all([cluster.startOperator(), cluster.startOperator()]);
  const say = (text: string) => () =>
    said(
      operators.flatMap(({ lines }) => lines),
      text,
    );
  await cluster.crdServed();
  await play.criticalService("shop");
  await play.service("shop");
  await play.fallbackServes("shop");
  await play.pod("web", "shop");
  await play.fallbackGone("shop");

  await K8s(CriticalService).Apply({
    metadata: { name: `${play.namespace}-page` },
    spec: {
      matchLabels: [{ key: "app", value: "page" }],
      page: { configMap: { name: "page", key: "index.html" } },
    },
  } as InstanceType<typeof CriticalService>);
  await play.service("page");
  await play.fallbackServes("page");

  await play.pod("service-watcher-cart", "something-else");
  await play.criticalService("cart");
  await play.service("cart");
  await eventually(say("Service cart from Namespace"));
  await eventually(say("Pod service-watcher-cart is there and is not the operator's"));

  await K8s(kind.EndpointSlice).Apply({
    metadata: { namespace: play.namespace, name: "service-watcher-warm-ipv4" },
    addressType: "IPv4",
    endpoints: [],
  } as unknown as kind.EndpointSlice);
  const warm = { standby: "Warm", matchLabels: [{ key: "app", value: "warm" }], page: {} };
  const metadata = { name: `${play.namespace}-warm` };
  await K8s(CriticalService).Apply({ metadata, spec: warm } as InstanceType<
    typeof CriticalService
  >);
  await play.service("warm");
  await eventually(say("EndpointSlice service-watcher-warm-ipv4 is there and is not"));
  await K8s(kind.EndpointSlice).InNamespace(play.namespace).Delete("service-watcher-warm-ipv4");
  await eventually(say("Standby endpoint published"));
  const service = { namespace: play.namespace, name: "warm" };
  await K8s(kind.Service, service).Patch([{ op: "add", path: "/spec/ports/0/name", value: "web" }]);
  await K8s(CriticalService).Delete(metadata.name);
  await eventually(say("Standby endpoint withdrawn"));

  // One operator counts an Event up that the other has written.
  await play.deletePod("web");
  await eventually(async () => {
    const { items } = await K8s(kind.CoreEvent).InNamespace(play.namespace).Get();
    expect(items.filter(({ count }) => (count ?? 1) > 1)).not.toEqual([]);
  });
}

function rules(): Rule[] {
  const role = cluster.module.manifests.find(({ kind }) => kind === "ClusterRole");
  return role?.rules as Rule[];
}

function permission({ verb, objectRef }: AuditedRequest): string {
  const { apiGroup = "", resource = "", subresource } = objectRef ?? {};
  return `${verb} ${apiGroup}/${resource}${subresource ? `/${subresource}` : ""}`;
}
