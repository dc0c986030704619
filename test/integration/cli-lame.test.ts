import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LameService } from "../../hack/cli/lame";
import { critsvc, critsvcJson } from "../support/cli";
import { critical } from "../support/manifests";
import { eventually, Playground, useSharedCluster } from "../support/play";

let play: Playground;

beforeAll(useSharedCluster);
beforeEach(async () => {
  play = await Playground.create();
});

describe("critsvc lame", () => {
  it("tells why each Service is lame, who answers, and what is in the way", async () => {
    await play.service("alone");
    await play.service("waiting");
    await play.pod("waiting", "waiting", { ready: false });
    const frontend = await play.criticalService("frontend");
    await play.service("frontend");
    await critical(play, { podTemplate: { namespace: play.namespace, name: "own" } }, "blocked");
    await play.service("blocked");
    await eventually(async () => {
      const { code, services } = await lame("-n", play.namespace);
      expect(services).toEqual([
        {
          ...lameService("alone", "has no selected POD"),
          protectedBy: [],
          fallback: {
            phase: "None",
            message: "has no selected POD: no CriticalService names it",
          },
        },
        {
          ...lameService("blocked", "has no selected POD"),
          protectedBy: [`${play.namespace}-blocked`],
          fallback: {
            phase: "Blocked",
            since: expect.stringMatching(/^\d{4}-.*Z$/) as string,
            message:
              "has no selected POD: spec.podTemplate: there is no PodTemplate " +
              `${play.namespace}/own: create it`,
          },
        },
        {
          ...lameService("frontend", "has no selected POD"),
          protectedBy: [frontend],
          fallback: {
            phase: "Active",
            since: expect.stringMatching(/^\d{4}-.*Z$/) as string,
            message: "has no selected POD: Pod service-watcher-frontend answers",
          },
        },
        {
          ...lameService("waiting", "has no Ready POD: none of its 1 selected POD(s) is Ready"),
          protectedBy: [],
          fallback: {
            phase: "None",
            message:
              "has no Ready POD: none of its 1 selected POD(s) is Ready: no CriticalService names it",
          },
        },
      ]);
      expect(code).toBe(1);
    });
  });

  it("is content when no Service is lame", async () => {
    await play.service("shop");
    expect((await critsvc(["lame", "-n", play.namespace])).code).toBe(1);
    await play.pod("web", "shop");
    await eventually(async () => {
      const { code, stdout, stderr } = await critsvc(["lame", "-n", play.namespace]);
      expect({ code, stdout, stderr }).toEqual({
        code: 0,
        stdout: "",
        stderr: `None of the 1 Service(s) in namespace ${play.namespace} is lame\n`,
      });
    });
  });

  it("looks at the whole cluster without -n", async () => {
    await play.service("shop");
    await eventually(async () => {
      const namespaces = (await lame()).services.map(({ namespace }) => namespace);
      expect(namespaces).toContain(play.namespace);
    });
  });

  it("prints a table, in colours only where they are wanted", async () => {
    await play.service("shop");
    await eventually(async () => {
      const plain = await critsvc(["lame", "-n", play.namespace]);
      expect(plain.stdout).toMatch(
        new RegExp(
          "^NAMESPACE +SERVICE +FALLBACK +SINCE +PROTECTED BY +WHY\n" +
            `${play.namespace} +shop +None +- +- +has no selected POD: no CriticalService names it\n$`,
        ),
      );
    });
    const env = { FORCE_COLOR: "1", NO_COLOR: undefined };
    const coloured = await critsvc(["lame", "-n", play.namespace], { env });
    expect(coloured.stdout).toContain("\u001b[31mNone");
  });
});

async function lame(...where: string[]) {
  const { code, answer } = await critsvcJson(["lame", ...where]);
  return { code, services: (answer as { services: LameService[] }).services };
}

function lameService(name: string, why: string) {
  return { namespace: play.namespace, name, why };
}
