import type { kind } from "kubernetes-fluent-client";
import { describe, expect, it } from "vitest";
import { buildFallbackPod } from "../../../capabilities/domain/fallback-pod";
import { readService } from "../../../capabilities/domain/service";
import { READY_PATH } from "../../../capabilities/domain/page/nginx";
import {
  MAX_ANNOTATION_BYTES,
  PAGE_HASH_ANNOTATION,
  pagePodTemplate,
  type PageInput,
} from "../../../capabilities/domain/page/pod";
import { DEFAULT_PAGE, pageSpec } from "../../../capabilities/domain/page/spec";

type PodSpec = NonNullable<kind.Pod["spec"]>;

const input: PageInput = { spec: DEFAULT_PAGE, ports: [{ port: 8080 }], image: "nginx:1" };
const build = (change: Partial<PageInput> = {}) => pagePodTemplate({ ...input, ...change });
const hashOf = (change: Partial<PageInput> = {}) =>
  build(change).metadata.annotations[PAGE_HASH_ANNOTATION];

function bytes(annotations: Record<string, string>): number {
  return Buffer.byteLength(Object.entries(annotations).flat().join(""));
}

describe("pagePodTemplate", () => {
  it("is a template for the fallback Pod, in the client's types", () => {
    const service = readService({ metadata: { uid: "1" }, spec: { selector: { role: "web" } } });
    const standby = "Cold" as const;
    const at = { namespace: "shop", service: "web", podName: "service-watcher-web", standby };
    const ports: kind.Service["spec"] = { ports: [{ port: 80, targetPort: "http" }] };
    const template = build({ ports: ports.ports });
    const pod = buildFallbackPod<PodSpec>(at, service, template);
    expect(pod.spec).toMatchObject(template.spec);
    expect(pod.metadata.annotations).toMatchObject(template.metadata.annotations);
  });

  it("meets the Pod Security Standard restricted", () => {
    const { spec } = build();
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: {
        ...{ runAsNonRoot: true, runAsUser: 101, runAsGroup: 101 },
        seccompProfile: { type: "RuntimeDefault" },
      },
    });
    expect(spec.containers).toHaveLength(1);
    expect(spec.containers[0]?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(spec.volumes.map(volume => Object.keys(volume)[1])).toEqual(["downwardAPI", "emptyDir"]);
  });

  it("is asked for readiness each second, on the first port", () => {
    const { readinessProbe } =
      build({ ports: [{ port: 81 }, { port: 80 }] }).spec.containers[0] ?? {};
    expect(readinessProbe).toMatchObject({
      httpGet: { path: READY_PATH, port: 80 },
      periodSeconds: 1,
    });
  });

  it.each([
    [1023, [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }]],
    [80, [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }]],
    [1024, undefined],
  ])("with port %i has the sysctls %j", (port, sysctls) => {
    const { securityContext } = build({ ports: [{ port: 5000 }, { port }] }).spec;
    expect(securityContext.sysctls).toEqual(sysctls);
  });

  it("opens the ports that are served, by number and name", () => {
    const ports = [{ port: 80 }, { port: 81, targetPort: "web" }, { port: 53, protocol: "UDP" }];
    const { metadata, spec } = build({ ports });
    expect(spec.containers[0]?.ports).toEqual([
      { containerPort: 80, protocol: "TCP" },
      { containerPort: 20000, name: "web", protocol: "TCP" },
    ]);
    const config = metadata.annotations["mycrd.com/fallback-nginx.conf"];
    expect(config?.match(/^ *listen .*$/gm)).toEqual(["listen 80;", "listen 20000;"]);
  });

  it("mounts each annotation with a file as a file", () => {
    const { metadata, spec } = build();
    const items = spec.volumes[0]?.downwardAPI?.items ?? [];
    const mounted = items.map(({ fieldRef }) => /\['(.*)'\]/.exec(fieldRef.fieldPath)?.[1]);
    const annotations = Object.keys(metadata.annotations);
    expect(mounted).toEqual(annotations.filter(key => key !== PAGE_HASH_ANNOTATION));
    expect(items.map(({ path }) => path)).toContain("nginx.conf");
    expect(spec.containers[0]?.command).toEqual(["nginx", "-c", "/etc/fallback-page/nginx.conf"]);
  });

  it("takes the image, the resources and the pull secrets", () => {
    const resources = { limits: { memory: "1Gi" } };
    const { spec } = build({ image: "registry/x@sha256:1", resources, pullSecrets: ["a", "b"] });
    expect(spec.containers[0]).toMatchObject({ image: "registry/x@sha256:1", resources });
    expect(spec.imagePullSecrets).toEqual([{ name: "a" }, { name: "b" }]);
    expect(build().spec).not.toHaveProperty("imagePullSecrets");
    expect(build().spec.containers[0]?.resources).toHaveProperty("limits.memory");
    expect(build().spec.containers[0]?.resources).toHaveProperty("requests.cpu");
  });

  it("refuses a Service with no port to serve", () => {
    const ports = [{ port: 53, protocol: "UDP" }];
    expect(() => build({ ports })).toThrow("spec.ports of the Service has no port that");
  });
});

describe("the size of a page", () => {
  const spec = pageSpec.parse({ configMap: { name: "pages", key: "big.html" } });

  it("may be the largest html", () => {
    const html = "é".repeat(32 * 1024);
    const { annotations } = build({ spec: pageSpec.parse({ html }) }).metadata;
    expect(annotations["mycrd.com/fallback-page"]).toBe(html);
  });

  it("is limited for a ConfigMap, by bytes, below what Kubernetes allows", () => {
    const { annotations } = build({ spec, content: "é".repeat(96 * 1024) }).metadata;
    expect(bytes(annotations)).toBeLessThan(256 * 1024 - 16 * 1024);
  });

  it.each([
    ["é".repeat(96 * 1024) + "x", "holds 196609 bytes in UTF-8: make it at most 196608"],
    ["", "is empty: give the page's content"],
    ["a\0", "holds the control character U+0000: remove it"],
  ])("names the ConfigMap that can't be served", (content, fault) => {
    const field = "spec.page.configMap: the key big.html of the ConfigMap pages";
    expect(() => build({ spec, content })).toThrow(`${field} ${fault}`);
  });

  it("is limited with the ports", () => {
    const ports = Array.from({ length: 3000 }, (_, index) => ({ port: 10_000 + index }));
    const content = "x".repeat(192 * 1024);
    expect(bytes(build({ ports }).metadata.annotations)).toBeLessThan(MAX_ANNOTATION_BYTES);
    expect(() => build({ ports, spec, content })).toThrow(
      "spec.ports of the Service and spec.page",
    );
  });
});

describe("the hash of a page", () => {
  it("stays while nothing changes, whatever the order of the ports", () => {
    const ports = [{ port: 80 }, { port: 81, targetPort: "web" }];
    expect(hashOf({ ports })).toMatch(/^[0-9a-f]{64}$/);
    expect(hashOf({ ports: ports.toReversed() })).toBe(hashOf({ ports }));
  });

  const configMap = pageSpec.parse({ configMap: { name: "c", key: "k" } });
  it.each<[string, Partial<PageInput>]>([
    ["the status", { spec: pageSpec.parse({ statusCode: 200 }) }],
    ["the title", { spec: pageSpec.parse({ title: "x" }) }],
    ["a header", { spec: pageSpec.parse({ headers: [{ name: "a", value: "b" }] }) }],
    ["the html", { spec: pageSpec.parse({ html: "x" }) }],
    ["the ConfigMap's content", { spec: configMap, content: "x" }],
    ["the ports", { ports: [{ port: 81 }] }],
    ["a port's name", { ports: [{ port: 8080, targetPort: "x" }] }],
    ["the image", { image: "nginx:2" }],
    ["the resources", { resources: {} }],
    ["the pull secrets", { pullSecrets: ["x"] }],
  ])("changes with %s", (_, change) => {
    expect(hashOf(change)).not.toBe(hashOf());
  });
});
