import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { freePort } from "../../hack/control-plane/ports";
import { critsvc, type Ended } from "../support/cli";
import { kubectl, Playground, useSharedCluster } from "../support/play";

const dir = mkdtempSync(join(tmpdir(), "critsvc-test-"));
let play: Playground;

beforeAll(useSharedCluster);
beforeEach(async () => {
  play = await Playground.create();
});
afterAll(() => {
  rmSync(dir, { recursive: true });
});

describe("critsvc, used wrongly or without a cluster", () => {
  const kubeconfig = () => inject("kubeconfig");

  it.each<[string, string[], RegExp, Record<string, string>?]>([
    ["no kubeconfig", ["lame"], /there is no kubeconfig: set KUBECONFIG/, { KUBECONFIG: "/none" }],
    [
      "a missing file",
      ["lame", "--kubeconfig", "/none"],
      /kubeconfig \/none: there is no such file/,
    ],
    [
      "an unknown context",
      ["doctor", "--context", "moon"],
      /--context moon: .* has no such context; it has critical-service-operator/,
    ],
    ["an unknown option", ["lame", "--al"], /unknown option '--al'/],
    ["an unknown format", ["lame", "-o", "xml"], /Allowed choices are text, json/],
    ["no file", ["match"], /required option '-f, --filename <file>' not specified/],
    ["a file of something else", ["match", "-f", "package.json"], /has no object of kind Critical/],
    ["a bad port", ["preview", "--port", "http"], /It takes a number from 0 to 65535/],
  ])("%s: one line, and status 2", async (_, args, message, env = {}) => {
    const ended = await critsvc(args, { env: { HOME: "/nowhere", ...env } });
    expect(ended.stderr).toMatch(message);
    expectShort(ended);
  });

  it("an API server that is not there: one line, and status 2", async () => {
    const config = await kubectl("config", "view", "--raw");
    const file = join(dir, "gone.kubeconfig");
    const server = `https://127.0.0.1:${await freePort()}`;
    writeFileSync(file, config.replace(/server: .*/, `server: ${server}`));
    const ended = await critsvc(["lame", "--kubeconfig", file]);
    expect(ended.stderr).toMatch(/^error: .*ECONNREFUSED.*\n$/);
    expectShort(ended);
  });

  it("takes the context that it is given, from any of the files in KUBECONFIG", async () => {
    const other = join(dir, "other.kubeconfig");
    const user = { name: "nobody", user: { token: "wrong" } };
    const server = `https://127.0.0.1:${await freePort()}`;
    const cluster = { name: "gone", cluster: { server } };
    const context = { name: "gone", context: { cluster: "gone", user: "nobody" } };
    const config = { users: [user], clusters: [cluster], contexts: [context] };
    writeFileSync(other, JSON.stringify({ ...config, "current-context": "gone" }));
    const run = (...args: string[]) =>
      critsvc(["lame", "-n", play.namespace, ...args], {
        env: { KUBECONFIG: `${kubeconfig()}:/none:${other}` },
      });
    expect((await run()).code).toBe(0);
    expect((await run("--context", "gone")).stderr).toContain("ECONNREFUSED");
  });

  it("helps with each command", async () => {
    for (const command of ["lame", "match", "preview", "doctor"]) {
      const { stdout, code } = await critsvc([command, "--help"]);
      expect(stdout).toContain(`Usage: critsvc ${command}`);
      expect(stdout).toContain("Examples:");
      expect(code).toBe(0);
    }
  });
});

function expectShort({ code, stdout, stderr }: Ended): void {
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).not.toMatch(/^ +at /m);
}
