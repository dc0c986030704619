import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ensureBinaries, startControlPlane, type ControlPlane } from "../../hack/control-plane";
import { kubectl } from "../support/kubectl";

// The first run on a machine builds the binaries.
const BUILD_MS = 20 * 60_000;
const START_MS = 90_000;
const WAIT = { timeout: 20_000, interval: 100 };

interface Pod {
  metadata: { resourceVersion: string };
  status: {
    phase: string;
    podIP?: string;
    conditions: { type: string; status: string }[];
    containerStatuses: { ready: boolean; name: string }[];
  };
}

async function getPod(cp: ControlPlane, name: string): Promise<Pod> {
  return JSON.parse(await kubectl(cp, "get", "pod", name, "-o", "json")) as Pod;
}

function condition(pod: Pod, type: string): string | undefined {
  return pod.status.conditions.find(c => c.type === type)?.status;
}

const waitForReady = (cp: ControlPlane, pod: string): Promise<string> =>
  kubectl(cp, "wait", "--for=condition=Ready", `pod/${pod}`, "--timeout=20s");

beforeAll(() => ensureBinaries(() => undefined), BUILD_MS);

describe("kwok, which plays the kubelet of a control plane,", () => {
  let cp: ControlPlane;

  beforeAll(async () => {
    cp = await startControlPlane();
  }, START_MS);

  afterAll(() => cp.stop(), START_MS);

  it("makes a Pod Ready", async () => {
    await kubectl(cp, "run", "ready", "--image=web");
    await waitForReady(cp, "ready");
    const { status } = await getPod(cp, "ready");
    expect(status).toMatchObject({
      phase: "Running",
      podIP: expect.stringMatching(/^10\.244\./) as string,
      containerStatuses: [{ name: "ready", ready: true }],
    });
  });

  it("honours init containers, sidecars, several containers and readiness gates", async () => {
    const spec = {
      restartPolicy: "Never",
      readinessGates: [{ conditionType: "example.com/gate" }],
      initContainers: [
        { name: "setup", image: "setup" },
        { name: "sidecar", image: "sidecar", restartPolicy: "Always" },
      ],
      containers: [
        { name: "a", image: "a" },
        { name: "b", image: "b" },
      ],
    };
    const overrides = JSON.stringify({ apiVersion: "v1", spec });
    await kubectl(cp, "run", "several", "--image=a", `--overrides=${overrides}`);
    await waitForReady(cp, "several");
    const pod = await getPod(cp, "several");
    expect(condition(pod, "example.com/gate")).toBe("True");
    expect(pod.status).toMatchObject({
      containerStatuses: [
        { name: "a", ready: true },
        { name: "b", ready: true },
      ],
      initContainerStatuses: [
        { name: "setup", state: { terminated: { exitCode: 0 } } },
        { name: "sidecar", state: { running: {} } },
      ],
    });
  });

  it("runs a Pod that is annotated as not ready, until its status is patched", async () => {
    const annotation = "--annotations=critical-service-operator/not-ready=true";
    await kubectl(cp, "run", "slow", "--image=web", "--labels=app=slow", annotation);
    await kubectl(cp, "create", "service", "clusterip", "slow", "--tcp=80");
    const endpoint = async (): Promise<unknown> => {
      const label = "kubernetes.io/service-name=slow";
      const list = await kubectl(cp, "get", "endpointslices", "-l", label, "-o", "json");
      return (JSON.parse(list) as { items: { endpoints?: unknown[] }[] }).items[0]?.endpoints?.[0];
    };
    const pod = await vi.waitFor(async () => {
      const running = await getPod(cp, "slow");
      expect(running.status).toMatchObject({ phase: "Running" });
      return running;
    }, WAIT);
    expect(condition(pod, "Ready")).toBe("False");
    expect(condition(pod, "ContainersReady")).toBe("False");
    expect(pod.status.containerStatuses).toMatchObject([{ ready: false }]);
    const addresses = [pod.status.podIP];
    await vi.waitFor(async () => {
      expect(await endpoint()).toMatchObject({ addresses, conditions: { ready: false } });
    }, WAIT);

    await patchReady("slow", "True");
    await vi.waitFor(async () => {
      expect(await endpoint()).toMatchObject({ addresses, conditions: { ready: true } });
    }, WAIT);
  });

  async function patchReady(pod: string, status: "True" | "False"): Promise<void> {
    const patch = JSON.stringify({ status: { conditions: [{ type: "Ready", status }] } });
    await kubectl(cp, "patch", "pod", pod, "--subresource=status", `--patch=${patch}`);
  }

  it("leaves the status alone that somebody gave a running Pod", async () => {
    await kubectl(cp, "run", "unready", "--image=web");
    await kubectl(cp, "run", "failed", "--image=web");
    await Promise.all([waitForReady(cp, "unready"), waitForReady(cp, "failed")]);
    await patchReady("unready", "False");
    const phase = JSON.stringify({ status: { phase: "Failed" } });
    await kubectl(cp, "patch", "pod", "failed", "--subresource=status", `--patch=${phase}`);
    const before = await Promise.all([getPod(cp, "unready"), getPod(cp, "failed")]);
    // kwok has seen those events once it has answered later ones.
    for (const pod of ["later-1", "later-2"]) {
      await kubectl(cp, "run", pod, "--image=web");
      await waitForReady(cp, pod);
      await kubectl(cp, "delete", "pod", pod);
    }
    const after = await Promise.all([getPod(cp, "unready"), getPod(cp, "failed")]);
    expect(after).toEqual(before);
    expect(after.map(pod => condition(pod, "Ready"))).toEqual(["False", "True"]);
    expect(after.map(pod => pod.status.phase)).toEqual(["Running", "Failed"]);
  });

  it("runs Deployments and completes Jobs", async () => {
    await kubectl(cp, "create", "deployment", "web", "--image=web", "--replicas=3");
    await kubectl(cp, "create", "job", "once", "--image=batch");
    await kubectl(cp, "rollout", "status", "deployment/web", "--timeout=20s");
    await kubectl(cp, "wait", "--for=condition=Complete", "job/once", "--timeout=20s");
  });

  it("removes a Pod at once, whatever its grace period", async () => {
    await kubectl(cp, "run", "gone", "--image=web");
    await waitForReady(cp, "gone");
    const begin = Date.now();
    await kubectl(cp, "delete", "pod", "gone", "--grace-period=30");
    expect(Date.now() - begin).toBeLessThan(10_000);
  });
});
