import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildModule } from "../../hack/module";
import type { OperatorProcess } from "../../hack/operator";
import { openCluster, type Cluster } from "../support/cluster";
import { eventually, Playground, said } from "../support/play";

const ROOT = join(__dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "critsvc-example-"));
const notifications: string[] = [];

let receiver: Server;
let cluster: Cluster;
let operator: OperatorProcess;
let play: Playground;

beforeAll(async () => {
  receiver = await startReceiver();
  cluster = await openCluster(undefined, await buildExample());
  const role = join(ROOT, "capabilities", "example", "cluster-role.yaml");
  await cluster.kubectl.run(["apply", "-f", role]);
  const { port } = receiver.address() as AddressInfo;
  operator = await cluster.startOperator({ NOTIFY_URL: `http://127.0.0.1:${port}` });
  await cluster.crdServed();
  process.env.KUBECONFIG = cluster.controlPlane.kubeconfig;
  play = await Playground.create();
});
afterAll(async () => {
  await cluster.close();
  receiver.close();
  rmSync(folder, { recursive: true });
});

describe("the example of docs/extending.md, in place of capabilities/own", () => {
  it("sends a notification of a failover and of the return, and only of those", async () => {
    await play.criticalService("shop");
    await play.service("shop");
    await play.fallbackServes("shop");
    await play.pod("web", "shop");
    await play.fallbackGone("shop");
    const shop = `${play.namespace}/shop`;
    await eventually(() => {
      expect(notifications).toEqual([
        `${shop} is on its fallback: it has no selected POD: Pod service-watcher-shop answers`,
        `${shop} is well again: it has Ready Pods of its own`,
      ]);
    });
  });

  it("logs what goes wrong in a listener, and goes on", async () => {
    receiver.close();
    await play.deletePod("web");
    await play.fallbackServes("shop");
    const line = await eventually(() => said(operator.lines, "A listener could not be told"));
    const message = expect.stringContaining("fetch failed") as string;
    expect(line).toMatchObject({ listener: "notify", err: { message } });
  });

  it("watches a kind of its own", async () => {
    const nodes = await cluster.kubectl.run(["get", "nodes", "-o", "name"]);
    const [node = ""] = nodes.split("\n");
    await cluster.kubectl.run(["cordon", node]);
    await eventually(() => said(operator.lines, "The Node takes no more Pods"));
  });
});

/** Builds a copy of this module, in which the example has been put in the place for one's own. */
async function buildExample() {
  for (const name of ["capabilities", "pepr.ts", "package.json", "tsconfig.json"]) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  const capabilities = join(folder, "capabilities");
  rmSync(join(capabilities, "own"), { recursive: true });
  cpSync(join(capabilities, "example"), join(capabilities, "own"), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return buildModule(folder);
}

/** Keeps what it is sent. */
async function startReceiver(): Promise<Server> {
  const server = createServer((request, response) => {
    void text(request).then(body => {
      notifications.push((JSON.parse(body) as { text: string }).text);
      response.end();
    });
  });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  return server;
}
