import { describe, expect, it } from "vitest";
import { ConfigError, readConfig, watchesNamespace } from "../../capabilities/domain/config";

describe("readConfig", () => {
  it("has the original's defaults", () => {
    expect(readConfig({})).toEqual({
      logLevel: "info",
      namespaces: [],
      podNamePrefix: "service-watcher",
      podTemplate: {
        namespace: "linux-mag",
        name: "critical-service-pod-template",
        required: false,
      },
      page: {
        image: "docker.io/nginxinc/nginx-unprivileged:1.29-alpine",
        pullSecrets: [],
        resources: undefined,
      },
      allowPrivilegedTemplates: false,
      priorityClass: undefined,
      relistSeconds: 300,
      port: 3000,
    });
  });

  it("takes an empty variable for one that is not set", () => {
    const empty = { LOG_LEVEL: "", NAMESPACES: "", POD_NAME_PREFIX: "", PORT: "" };
    expect(readConfig(empty)).toEqual(readConfig({}));
  });

  it.each([
    ["trace", "trace"],
    ["silent", "silent"],
    ["INFO", "info"],
    ["DEBUG", "debug"],
    ["WARNING", "warn"],
    ["warning", "warn"],
    ["ERROR", "error"],
    ["CRITICAL", "fatal"],
  ])("LOG_LEVEL %s means %s", (given, level) => {
    expect(readConfig({ LOG_LEVEL: given }).logLevel).toBe(level);
  });

  it("NAMESPACES is a list with commas, and spaces do not matter", () => {
    expect(readConfig({ NAMESPACES: " a, b,,c " }).namespaces).toEqual(["a", "b", "c"]);
  });

  it("insists on a PodTemplate that the environment names", () => {
    expect(readConfig({ POD_TEMPLATE: "page" }).podTemplate).toEqual({
      namespace: "linux-mag",
      name: "page",
      required: true,
    });
  });

  it("says what the Pods of a page look like", () => {
    const { page } = readConfig({
      FALLBACK_IMAGE: "example.com/nginx:1",
      FALLBACK_PULL_SECRETS: "a,b",
      FALLBACK_RESOURCES: '{"limits":{"memory":"32Mi"}}',
    });
    expect(page).toEqual({
      image: "example.com/nginx:1",
      pullSecrets: ["a", "b"],
      resources: { limits: { memory: "32Mi" } },
    });
  });

  it.each([
    [{ FALLBACK_IMAGE: "a b" }, 'FALLBACK_IMAGE is "a b": it must be the name of an image'],
    [{ FALLBACK_PULL_SECRETS: "A" }, 'FALLBACK_PULL_SECRETS is "A": it must be a comma-separated'],
    [{ FALLBACK_RESOURCES: "64Mi" }, 'FALLBACK_RESOURCES is "64Mi": it must be JSON such as {"lim'],
    [{ FALLBACK_RESOURCES: '{"cpu":1}' }, "FALLBACK_RESOURCES is "],
    [{ ALLOW_PRIVILEGED_TEMPLATES: "yes" }, 'ALLOW_PRIVILEGED_TEMPLATES is "yes": it must be true'],
    [{ LOG_LEVEL: "LOUD" }, 'LOG_LEVEL is "LOUD": it must be one of trace, debug, info, warn'],
    [{ NAMESPACES: "a,B" }, 'NAMESPACES is "a,B": it must be a comma-separated list of namespaces'],
    [{ POD_NAME_PREFIX: "-" }, 'POD_NAME_PREFIX is "-": it must be the beginning of a Pod\'s name'],
    [{ POD_TEMPLATE: "a b" }, 'POD_TEMPLATE is "a b": it must be a PodTemplate\'s name'],
    [{ POD_TEMPLATE_NS: "A" }, 'POD_TEMPLATE_NS is "A": it must be a namespace\'s name'],
    [{ PORT: "99999" }, 'PORT is "99999": it must be a port number from 1 to 65535'],
    [{ PORT: "http" }, 'PORT is "http": it must be a port number'],
  ])("refuses %o by name", (env, message) => {
    expect(() => readConfig(env)).toThrow(ConfigError);
    expect(() => readConfig(env)).toThrow(message);
  });

  it("names all that is wrong at once", () => {
    expect(() => readConfig({ LOG_LEVEL: "x", PORT: "y" })).toThrow(/LOG_LEVEL.*PORT/);
  });
});

describe("watchesNamespace", () => {
  it("means all without a list, and those in it with one", () => {
    expect(watchesNamespace(readConfig({}), "any")).toBe(true);
    expect(watchesNamespace(readConfig({ NAMESPACES: "a" }), "a")).toBe(true);
    expect(watchesNamespace(readConfig({ NAMESPACES: "a" }), "b")).toBe(false);
  });
});
