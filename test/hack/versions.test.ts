import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { CNI_VERSION, CONTAINERD_VERSION, RUNC_VERSION } from "../../hack/real-node/versions";

it.each([
  ["containerd", "github.com/containerd/containerd/v2", CONTAINERD_VERSION],
  ["runc", "github.com/opencontainers/runc", RUNC_VERSION],
  ["cni", "github.com/containernetworking/plugins", CNI_VERSION],
])("the node's %s is pinned to the version that is named", (module, path, version) => {
  const folder = join(__dirname, "..", "..", "hack", "real-node", "go", module);
  expect(readFileSync(join(folder, "go.mod"), "utf8")).toContain(`${path} ${version}`);
});
