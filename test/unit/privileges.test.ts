import { describe, expect, it } from "vitest";
import { privilegedFields } from "../../capabilities/domain/privileges";

const container = (securityContext: object) => ({ containers: [{ securityContext }] });

describe("privilegedFields", () => {
  it.each<[string, Parameters<typeof privilegedFields>[0]]>([
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
  ])("names %s", (field, spec) => {
    expect(privilegedFields(spec)).toEqual([`template.spec.${field}`]);
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
          },
        },
      ],
    };
    expect(privilegedFields(spec)).toEqual([]);
  });
});
