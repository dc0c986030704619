import { K8s, kind } from "kubernetes-fluent-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { METRICS } from "../../capabilities/domain/metrics";
import { PHASES } from "../../capabilities/domain/service-state";
import { freePort } from "../../hack/control-plane/ports";
import { openCluster, type Cluster } from "../support/cluster";
import { scrape, type Samples } from "../support/metrics";
import { eventually, Playground } from "../support/play";

// The counts are of the whole cluster, so this one is without other tests' Services.
let cluster: Cluster;
let play: Playground;
let port: number;

beforeAll(async () => {
  cluster = await openCluster();
  process.env.KUBECONFIG = cluster.controlPlane.kubeconfig;
  play = await Playground.create();
  port = await freePort();
  await cluster.startOperator({
    PORT: String(port),
    NAMESPACES: play.namespace,
    POD_TEMPLATE: "page",
    POD_TEMPLATE_NS: play.namespace,
  });
  await cluster.crdServed();
});
afterAll(() => cluster.close());

describe("/metrics", () => {
  it("follow a Service from bad to worse and back", async () => {
    await play.service("shop");
    await metrics(samples => {
      expect(samples.value("critsvc_lame_services")).toBe(1);
      expect(phases(samples)).toEqual({});
    });

    // Its PodTemplate is missing.
    await play.criticalService("shop");
    await metrics(samples => {
      expect(phases(samples)).toEqual({ Blocked: 1 });
      expect(samples.of("critsvc_service_lame_seconds")).toEqual([lameSeconds("shop", "Blocked")]);
      expect(samples.value(errors("service"))).toBeGreaterThan(0);
      expect(samples.value('workqueue_retries_total{name="service"}')).toBeGreaterThan(0);
    });

    const blocked = await scrape(port);
    await podTemplate("page");
    await play.fallbackServes("shop");
    await metrics(samples => {
      expect(phases(samples)).toEqual({ Active: 1 });
      expect(samples.of("critsvc_service_lame_seconds")).toEqual([lameSeconds("shop", "Active")]);
      // The clock goes on: it is the same loss.
      expect(samples.value(lameSeconds("shop", "Active"))).toBeGreaterThan(
        blocked.value(lameSeconds("shop", "Blocked")) ?? Infinity,
      );
      expect(samples.value('critsvc_time_to_fallback_seconds_count{standby="Cold"}')).toBe(1);
    });

    await play.pod("web", "shop");
    await metrics(samples => {
      expect(samples.value("critsvc_lame_services")).toBe(0);
      expect(phases(samples)).toEqual({ Healthy: 1 });
      expect(samples.of("critsvc_service_lame_seconds")).toEqual([]);
    });

    await K8s(kind.Service).InNamespace(play.namespace).Delete("shop");
    await metrics(samples => {
      expect(phases(samples)).toEqual({});
    });
  });

  it("tell of the queues, which are empty in the end", async () => {
    await metrics(samples => {
      for (const name of ["service", "status", "event"]) {
        expect(samples.value(`workqueue_depth{name="${name}"}`)).toBe(0);
        expect(samples.value(`workqueue_adds_total{name="${name}"}`)).toBeGreaterThan(0);
        const done = samples.value(`workqueue_work_duration_seconds_count{name="${name}"}`);
        expect(done).toBe(samples.value(`workqueue_adds_total{name="${name}"}`));
        expect(results(samples, name)).toBe(done);
        expect(samples.value(`controller_runtime_active_workers{controller="${name}"}`)).toBe(0);
      }
    });
  });

  it("show each metric that the reference lists, and Pepr's own", async () => {
    const { text } = await scrape(port);
    for (const { name, type, help } of Object.values(METRICS)) {
      expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
    }
    expect(text).toContain("# TYPE pepr_errors counter");
  });

  it("of the half that answers webhooks are Pepr's alone", async () => {
    const admissionPort = await freePort();
    cluster.startAdmission(admissionPort);
    const { text } = await eventually(() => scrape(admissionPort));
    expect(text).toContain("# TYPE pepr_errors counter");
    expect(text).not.toContain("critsvc_");
  });
});

/** Waits until the operator's metrics pass the check. */
function metrics(check: (samples: Samples) => void): Promise<void> {
  return eventually(async () => {
    check(await scrape(port));
  });
}

/** How many critical Services are in which phase; all phases are shown, and those without any as 0. */
function phases(samples: Samples): Record<string, number> {
  const counts = PHASES.map(phase => {
    const count = samples.value(`critsvc_services{phase="${phase}"}`);
    expect({ phase, count }).toEqual({ phase, count: expect.any(Number) as number });
    return [phase, count ?? 0] as const;
  });
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

function lameSeconds(service: string, phase: string): string {
  const labels = `namespace="${play.namespace}",service="${service}",phase="${phase}"`;
  return `critsvc_service_lame_seconds{${labels}}`;
}

function errors(controller: string): string {
  return `controller_runtime_reconcile_errors_total{controller="${controller}"}`;
}

function results(samples: Samples, controller: string): number {
  return samples
    .of("controller_runtime_reconcile_total")
    .filter(series => series.includes(`controller="${controller}"`))
    .reduce((sum, series) => sum + (samples.value(series) ?? 0), 0);
}

async function podTemplate(name: string): Promise<void> {
  await K8s(kind.PodTemplate).Apply({
    metadata: { namespace: play.namespace, name },
    template: {
      metadata: {},
      spec: { containers: [{ name: "page", image: "example.com/page:1" }] },
    },
  });
}
