import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { K8s, kind } from "kubernetes-fluent-client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { closeConnectionsAfterUse } from "../../capabilities/cluster/connections";

let server: Server;
let dir: string;

beforeEach(async () => {
  // It never closes a connection by itself.
  server = createServer({ keepAliveTimeout: 0 }, (_request, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end('{"items": []}');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  dir = mkdtempSync(join(tmpdir(), "connections-"));
  const file = join(dir, "kubeconfig");
  writeFileSync(file, kubeconfig(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  vi.stubEnv("KUBECONFIG", file);
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(dir, { recursive: true });
  vi.unstubAllEnvs();
});

it("no connection outlives its request", async () => {
  closeConnectionsAfterUse();
  for (let count = 0; count < 5; count++) {
    expect((await K8s(kind.Pod).Get()).items).toEqual([]);
  }
  const connections = promisify(server.getConnections.bind(server));
  await vi.waitFor(async () => {
    expect(await connections()).toBe(0);
  });
});

function kubeconfig(url: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "it", cluster: { server: url, "insecure-skip-tls-verify": true } }],
    contexts: [{ name: "it", context: { cluster: "it", user: "it" } }],
    users: [{ name: "it", user: { token: "any" } }],
    "current-context": "it",
  });
}
