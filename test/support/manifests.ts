import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { K8s } from "kubernetes-fluent-client";
import { onTestFinished } from "vitest";
import { CriticalService } from "../../capabilities/cluster/critical-services";
import type { Playground } from "./play";

/** A CriticalService called as the namespace, which names Services there by `app: <service>`. */
export function manifest({ namespace }: Playground, spec: object, service = "shop") {
  return {
    apiVersion: "mycrd.com/v1",
    kind: "CriticalService",
    metadata: { name: namespace },
    spec: { namespace, matchLabels: [{ key: "app", value: service }], ...spec },
  };
}

/** Applies such a CriticalService, called as the namespace and the Service. */
export async function critical(play: Playground, spec: object, service: string): Promise<void> {
  const metadata = { name: `${play.namespace}-${service}` };
  const object = { ...manifest(play, spec, service), metadata };
  await K8s(CriticalService).Apply(object as unknown as InstanceType<typeof CriticalService>);
}

/** Objects as one text of YAML. */
export function yaml(...objects: object[]): string {
  return objects.map(object => JSON.stringify(object)).join("\n---\n");
}

/** A file with these objects, for as long as the test runs. */
export function write(...objects: object[]): string {
  const dir = mkdtempSync(join(tmpdir(), "critsvc-test-"));
  onTestFinished(() => {
    rmSync(dir, { recursive: true });
  });
  const file = join(dir, "manifests.yaml");
  writeFileSync(file, yaml(...objects));
  return file;
}
