import { describe, expect, it } from "vitest";
import { asStranger, borrowedFields } from "../../capabilities/domain/foreign-template";
import { privilegedFields } from "../../capabilities/domain/privileges";

type Spec = Parameters<typeof privilegedFields>[0]["spec"];

const container = (securityContext: object) => ({ containers: [{ securityContext }] });
const UNCONFINED = { type: "Unconfined" };
const probing = (fields: object) => ({ containers: [fields] });
const host = { httpGet: { host: "169.254.169.254" } };

describe("privilegedFields", () => {
  it.each<[string, Spec]>([
    ["hostNetwork", { hostNetwork: true }],
    ["hostPID", { hostPID: true }],
    ["hostIPC", { hostIPC: true }],
    ["serviceAccountName", { serviceAccountName: "builder" }],
    ["serviceAccount", { serviceAccount: "builder" }],
    ["volumes[1].hostPath", { volumes: [{}, { hostPath: { path: "/" } }] }],
    ["containers[0].ports[1].hostPort", { containers: [{ ports: [{}, { hostPort: 80 }] }] }],
    ["containers[0].securityContext.privileged", container({ privileged: true })],
    ["containers[0].securityContext.capabilities.add", container({ capabilities: { add: ["X"] } })],
    ["containers[0].securityContext.procMount", container({ procMount: "Unmasked" })],
    [
      "containers[0].securityContext.windowsOptions.hostProcess",
      container({ windowsOptions: { hostProcess: true } }),
    ],
    [
      "securityContext.windowsOptions.hostProcess",
      { securityContext: { windowsOptions: { hostProcess: true } } },
    ],
    [
      "initContainers[0].securityContext.privileged",
      { initContainers: [{ securityContext: { privileged: true } }] },
    ],
    [
      "securityContext.sysctls[1]",
      {
        securityContext: { sysctls: [{ name: "net.ipv4.tcp_wmem" }, { name: "kernel.msgmax" }] },
      },
    ],
    ["securityContext.seccompProfile", { securityContext: { seccompProfile: UNCONFINED } }],
    ["containers[0].securityContext.appArmorProfile", container({ appArmorProfile: UNCONFINED })],
    [
      "containers[0].securityContext.seLinuxOptions.type",
      container({ seLinuxOptions: { type: "spc_t" } }),
    ],
    ["securityContext.seLinuxOptions.user", { securityContext: { seLinuxOptions: { user: "x" } } }],
    [
      "containers[0].securityContext.seLinuxOptions.role",
      container({ seLinuxOptions: { role: "x" } }),
    ],
    ["containers[0].livenessProbe.httpGet.host", probing({ livenessProbe: host })],
    ["containers[0].startupProbe.httpGet.host", probing({ startupProbe: host })],
    [
      "containers[0].readinessProbe.tcpSocket.host",
      probing({ readinessProbe: { tcpSocket: { host: "node" } } }),
    ],
    ["containers[0].lifecycle.postStart.httpGet.host", probing({ lifecycle: { postStart: host } })],
    ["containers[0].lifecycle.preStop.httpGet.host", probing({ lifecycle: { preStop: host } })],
  ])("names %s", (field, spec) => {
    expect(privilegedFields({ spec })).toEqual([`template.spec.${field}`]);
  });

  it("names the annotation that takes a container's AppArmor profile away", () => {
    const key = (name: string) => `container.apparmor.security.beta.kubernetes.io/${name}`;
    const harmless = {
      [key("a")]: "runtime/default",
      [key("c")]: "localhost/mine",
      [key("d")]: "",
    };
    const annotations = { ...harmless, [key("b")]: "unconfined" };
    const fields = [`template.metadata.annotations["${key("b")}"]`];
    expect(privilegedFields({ metadata: { annotations }, spec: {} })).toEqual(fields);
  });

  it("has nothing to say of an ordinary Pod", () => {
    const spec = {
      hostNetwork: false,
      serviceAccountName: "default",
      volumes: [{}],
      containers: [
        {
          ports: [{ hostPort: 0 }],
          securityContext: {
            privileged: false,
            procMount: "Default",
            capabilities: { add: [], drop: ["ALL"] },
            seccompProfile: { type: "RuntimeDefault" },
            seLinuxOptions: { type: "container_t", level: "s0:c1,c2" },
          },
          readinessProbe: { httpGet: { path: "/" } },
        },
      ],
    };
    expect(privilegedFields({ spec })).toEqual([]);
  });
});

describe("borrowedFields", () => {
  it.each<[string, Parameters<typeof borrowedFields>[0]]>([
    ["automountServiceAccountToken", { automountServiceAccountToken: true }],
    ["resourceClaims", { resourceClaims: [{ name: "gpu" }] }],
    ["volumes[0].secret", volume({ secret: { secretName: "tls" } })],
    ["volumes[0].persistentVolumeClaim", volume({ persistentVolumeClaim: { claimName: "data" } })],
    ["volumes[0].ephemeral", volume({ ephemeral: {} })],
    ["volumes[0].csi", volume({ csi: { driver: "secrets-store.csi.k8s.io" } })],
    ["volumes[0].aKindOfTomorrow", volume({ aKindOfTomorrow: {} })],
    [
      "volumes[0].projected.serviceAccountToken",
      volume({ projected: { sources: [{ downwardAPI: {} }, { serviceAccountToken: {} }] } }),
    ],
    ["volumes[0].projected.secret", volume({ projected: { sources: [{ secret: {} }] } })],
    [
      "containers[0].env[1].valueFrom.secretKeyRef",
      { containers: [{ env: [{}, { valueFrom: { secretKeyRef: {} } }] }] },
    ],
    [
      "initContainers[0].envFrom[0].secretRef",
      { initContainers: [{ envFrom: [{ secretRef: {} }] }] },
    ],
  ])("names %s", (field, spec) => {
    expect(borrowedFields(spec)).toEqual([`template.spec.${field}`]);
  });

  it("has nothing to say of a Pod that gets along by itself", () => {
    const kinds = [{ emptyDir: {} }, { configMap: {} }, { downwardAPI: {} }, { image: {} }, {}];
    const volumes = [...kinds, { projected: { sources: [{ configMap: {} }] } }];
    const env = [{ value: "x" }, { valueFrom: { fieldRef: {} } }];
    const containers = [{ env, envFrom: [{ configMapRef: {} }] }];
    expect(borrowedFields({ volumes, containers, automountServiceAccountToken: false })).toEqual(
      [],
    );
  });
});

describe("a PodTemplate in a namespace that is not its own", () => {
  it("brings its spec only, and gets no token", () => {
    const metadata = { labels: { app: "shop" }, annotations: { "iam.example.com/role": "admin" } };
    const spec = { containers: [{ name: "db" }] };
    expect(asStranger({ metadata, spec })).toEqual({
      metadata: {},
      spec: { ...spec, automountServiceAccountToken: false },
    });
  });
});

function volume(source: object) {
  return { volumes: [{ name: "v", ...source }] };
}
