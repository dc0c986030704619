import { K8s } from "kubernetes-fluent-client";
import { beforeAll, describe, expect, it } from "vitest";
import { CriticalService } from "../../capabilities/cluster/critical-services";
import { eventually, kubectl, useSharedCluster } from "../support/play";

const LABELS = [{ key: "role", value: "nobody" }];

beforeAll(async () => {
  useSharedCluster();
  // The API server takes a moment to send requests to webhooks that were just configured.
  await eventually(async () => {
    const refusal = await refusalOf({ matchLabels: LABELS, unknown: true });
    expect(refusal).toContain("spec.unknown");
  });
});

describe("a CriticalService is refused", () => {
  it.each<[string, object, string]>([
    ["without matchLabels", {}, "spec.matchLabels: Required"],
    ["with an empty list", { matchLabels: [] }, "spec.matchLabels"],
    ["with an item without key", { matchLabels: [{ value: "x" }] }, "spec.matchLabels[0].key"],
    ["with an item without value", { matchLabels: [{ key: "x" }] }, "spec.matchLabels[0].value"],
    [
      "with a key that is no label key",
      { matchLabels: [{ key: "not a key", value: "x" }] },
      "spec.matchLabels[0].key",
    ],
    [
      "with a value that is no label value",
      { matchLabels: [{ key: "x", value: "-no-" }] },
      "spec.matchLabels[0].value",
    ],
    [
      "with the same key twice",
      { matchLabels: [...LABELS, { key: "role", value: "x" }] },
      "spec.matchLabels[1]",
    ],
    [
      "with an unknown field",
      { matchLabels: LABELS, nameSpace: "shop" },
      "spec.nameSpace is no field of a CriticalService",
    ],
    [
      "with an unknown field in an item",
      { matchLabels: [{ key: "x", value: "y", operator: "In" }] },
      "spec.matchLabels[0].operator is no field",
    ],
    ["with a bad namespace", { matchLabels: LABELS, namespace: "No!" }, "spec.namespace"],
    ["with an unknown standby", { matchLabels: LABELS, standby: "Hot" }, "spec.standby"],
    [
      "with a negative wait",
      { matchLabels: LABELS, activateAfterSeconds: -1 },
      "spec.activateAfterSeconds",
    ],
    [
      "with a wait for a warm standby",
      { matchLabels: LABELS, standby: "Warm", releaseAfterSeconds: 5 },
      "leave out activateAfterSeconds and releaseAfterSeconds",
    ],
  ])("%s, and the message names the field", async (_, spec, message) => {
    expect(await refusalOf(spec)).toContain(message);
  });
});

describe("a CriticalService is accepted", () => {
  it("and its defaults are made visible", async () => {
    const created = await K8s(CriticalService).Apply(manifest("defaults", { matchLabels: LABELS }));
    expect(created.spec).toEqual({
      matchLabels: LABELS,
      standby: "Cold",
      activateAfterSeconds: 0,
      releaseAfterSeconds: 0,
    });
  });

  it("as the original's manifest has it, and kubectl shows it by its short name", async () => {
    await K8s(CriticalService).Apply(
      manifest("original", { namespace: "default", matchLabels: LABELS }),
    );
    const table = await kubectl("get", "crisvc", "original");
    expect(table).toMatch(
      /NAME +NAMESPACE +STANDBY +MATCHED +ACTIVE +READY +AGE\noriginal +default +Cold +/,
    );
  });
});

function manifest(name: string, spec: object): InstanceType<typeof CriticalService> {
  return { metadata: { name }, spec } as InstanceType<typeof CriticalService>;
}

/** What the API server answers to a client that does not validate fields itself. */
async function refusalOf(spec: object): Promise<string> {
  try {
    await K8s(CriticalService).Create(manifest("refused", spec));
  } catch (error) {
    return (error as { data: { message: string } }).data.message;
  }
  await K8s(CriticalService).Delete("refused");
  return "accepted";
}
