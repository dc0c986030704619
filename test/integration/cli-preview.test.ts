import { K8s, kind } from "kubernetes-fluent-client";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { critsvc, Critsvc } from "../support/cli";
import { send, values } from "../support/http-client";
import { manifest, write } from "../support/manifests";
import { eventually, Playground, useSharedCluster } from "../support/play";

let play: Playground;

beforeAll(useSharedCluster);
beforeEach(async () => {
  play = await Playground.create();
});

describe("critsvc preview", () => {
  it("serves the page until it is interrupted, and JSON to a program", async () => {
    const file = write(manifest(play, { page: { title: "Back at noon", lang: "fr" } }));
    const { url, command } = await preview("-f", file);
    const port = Number(new URL(url).port);
    const page = await send(port, { headers: { Accept: "text/html" } });
    expect(page.status).toBe(503);
    expect(page.body.toString()).toContain("Back at noon");
    expect(page.body.toString()).toContain('lang="fr"');
    const json = await send(port, { headers: { Accept: "application/json" } });
    expect(values(json, "content-type")).toEqual(["application/problem+json"]);
    expect(JSON.parse(json.body.toString())).toMatchObject({ status: 503, title: "Back at noon" });
    command.interrupt();
    expect(await command.ended()).toMatchObject({ code: 0, stderr: "" });
  });

  it("shows the built-in page in another language, with no cluster at all", async () => {
    const { url, command } = await preview("--lang", "de", "--kubeconfig", "/nowhere");
    const page = await send(Number(new URL(url).port));
    expect(page.body.toString()).toContain("Wir sind gleich wieder da");
    command.interrupt();
    await command.ended();
  });

  it("shows what a ConfigMap of the cluster holds", async () => {
    await K8s(kind.ConfigMap).Apply({
      metadata: { namespace: play.namespace, name: "page" },
      data: { "index.html": "<h1>From the cluster</h1>" },
    });
    const page = { configMap: { name: "page", key: "index.html" } };
    const { url, command } = await preview("-f", write(manifest(play, { page })));
    const shown = await send(Number(new URL(url).port));
    expect(shown.body.toString()).toBe("<h1>From the cluster</h1>");
    command.interrupt();
    await command.ended();
  });

  it("says that a port is taken, and that there is no page", async () => {
    const { url, command } = await preview();
    const taken = await critsvc(["preview", "--port", new URL(url).port]);
    expect(taken.stderr).toMatch(/^error: port \d+ can't be had: .*EADDRINUSE.*\n$/);
    expect(taken.code).toBe(2);
    command.interrupt();
    await command.ended();
    const podTemplate = { namespace: "ops", name: "tcp" };
    const none = await critsvc(["preview", "-f", write(manifest(play, { podTemplate }))]);
    expect(none.stderr).toContain(
      "spec.podTemplate says that the fallback runs PodTemplate ops/tcp",
    );
    expect(none.code).toBe(2);
  });
});

async function preview(...args: string[]): Promise<{ url: string; command: Critsvc }> {
  const command = new Critsvc(["preview", "-o", "json", ...args]);
  const { url } = await eventually(() => JSON.parse(command.stdout) as { url: string });
  return { url, command };
}
