import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { getBinary } from "../../hack/control-plane/binaries";
import { cacheDir } from "../../hack/control-plane/cache";
import { folderSource } from "../../hack/control-plane/folder-source";
import { freePort } from "../../hack/control-plane/ports";
import { currentPlatform } from "../../hack/control-plane/platform";
import { ReleaseSource } from "../../hack/control-plane/release-source";
import { findRelease, OFFICIAL_HOSTS } from "../../hack/control-plane/releases";
import { ETCD_VERSION, KUBERNETES_VERSION, KWOK_VERSION } from "../../hack/control-plane/versions";

const { os, arch } = currentPlatform();
const KUBECTL = `/release/${KUBERNETES_VERSION}/bin/${os}/${arch}/kubectl`;
const SCHEDULER = `/release/${KUBERNETES_VERSION}/bin/${os}/${arch}/kube-scheduler`;
const CONTENT = Buffer.from("#!/bin/sh\necho kubectl\n".padEnd(100_000, "#"));

let folder: string;
let dir: string;
let server: Server | undefined;
let requests: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "download-test-"));
  dir = join(folder, "cache");
  requests = [];
});

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  rmSync(folder, { recursive: true });
});

/** A release server; a path that is not among the files is answered with 404. */
async function serve(files: Record<string, Buffer | string | RequestListener>): Promise<string> {
  server = createServer((request, response) => {
    const path = request.url ?? "";
    if (path !== "/") requests.push(path);
    const file = files[path];
    if (typeof file === "function") file(request, response);
    else if (file === undefined) response.writeHead(404).end();
    else response.end(file);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function releases(origin: string): ReleaseSource {
  return new ReleaseSource(dir, { kubernetes: origin, github: origin });
}

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

const silent = (): void => undefined;

/** Announces all of the content, sends half of it, and hangs up. */
const half: RequestListener = (_request, response) => {
  response.writeHead(200, { "content-length": CONTENT.length });
  response.write(CONTENT.subarray(0, CONTENT.length / 2), () => response.destroy());
};

describe("the official release", () => {
  it("is downloaded, verified, executable, and reported in bytes", async () => {
    const origin = await serve({ [KUBECTL]: CONTENT, [`${KUBECTL}.sha256`]: sha256(CONTENT) });
    const report = vi.fn();
    const file = await releases(origin).get("kubectl", report);
    expect(file).toBe(join(dir, "kubectl"));
    expect(readFileSync(file).equals(CONTENT)).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o755);
    expect(execFileSync(file, { encoding: "utf8" })).toBe("kubectl\n");
    expect(readdirSync(dir)).toEqual(["kubectl"]);
    expect(report).toHaveBeenCalledWith(expect.stringMatching(/^downloading, \d+ of \d+ MiB$/));
  });

  it.skipIf(os !== "linux")("of etcd is taken out of its archive", async () => {
    const stem = `etcd-${ETCD_VERSION}-${os}-${arch}`;
    mkdirSync(join(folder, stem));
    writeFileSync(join(folder, stem, "etcd"), CONTENT);
    writeFileSync(join(folder, stem, "README.md"), "not wanted");
    execFileSync("tar", ["-czf", "etcd.tar.gz", stem], { cwd: folder });
    const archive = readFileSync(join(folder, "etcd.tar.gz"));
    const path = `/etcd-io/etcd/releases/download/${ETCD_VERSION}`;
    const origin = await serve({
      [`${path}/${stem}.tar.gz`]: archive,
      [`${path}/SHA256SUMS`]: [
        `${"0".repeat(64)}  etcd-${ETCD_VERSION}-other.tar.gz`,
        `${sha256(archive)}  ${stem}.tar.gz`,
        "",
      ].join("\n"),
    });
    const file = await releases(origin).get("etcd", silent);
    expect(readFileSync(file).equals(CONTENT)).toBe(true);
    expect(readdirSync(dir)).toEqual(["etcd"]);
  });

  it("with another checksum is refused", async () => {
    const origin = await serve({ [KUBECTL]: CONTENT, [`${KUBECTL}.sha256`]: "0".repeat(64) });
    const why = `${KUBECTL}: SHA-256 is ${sha256(CONTENT)}, published is ${"0".repeat(64)}`;
    const report = vi.fn();
    await expect(releases(origin).get("kubectl", report)).rejects.toThrow(why);
    expect(report).toHaveBeenLastCalledWith(`no official release: ${origin}${why}`);
    expect(readdirSync(dir)).toEqual([]);
  });

  it("is refused when its connection breaks off, even if the checksum is of what arrived", async () => {
    const arrived = sha256(CONTENT.subarray(0, CONTENT.length / 2));
    const origin = await serve({ [KUBECTL]: half, [`${KUBECTL}.sha256`]: arrived });
    await expect(releases(origin).get("kubectl", silent)).rejects.toThrow(KUBECTL);
    expect(readdirSync(dir)).toEqual([]);
  });

  it.each([
    ["is missing", undefined],
    ["is no checksum", "<html>Not here</html>"],
    ["is of another file", `${sha256(CONTENT)}  kubelet`],
  ])("is not even asked for when the checksum file %s", async (_case, checksum) => {
    const origin = await serve({
      [KUBECTL]: CONTENT,
      ...(checksum === undefined ? {} : { [`${KUBECTL}.sha256`]: checksum }),
    });
    await expect(releases(origin).get("kubectl", silent)).rejects.toThrow(`${KUBECTL}.sha256`);
    expect(requests).toEqual([`${KUBECTL}.sha256`]);
    expect(readdirSync(dir)).toEqual([]);
  });

  it("of kwok is not downloaded, as nothing vouches for it", async () => {
    const origin = await serve({});
    await expect(releases(origin).get("kwok", silent)).rejects.toThrow("no checksums");
    expect(requests).toEqual([]);
  });

  it.skipIf(os !== "linux")("is not tried again for the next binary once it failed", async () => {
    const origin = await serve({ [KUBECTL]: CONTENT, [SCHEDULER]: CONTENT });
    const source = releases(origin);
    await expect(source.get("kubectl", silent)).rejects.toThrow("HTTP status 404");
    await expect(source.get("kube-scheduler", silent)).rejects.toThrow("HTTP status 404");
    expect(requests).toEqual([`${KUBECTL}.sha256`]);
  });

  it("comes from the projects' own hosts, and for macOS only in part", () => {
    const linux = { os: "linux", arch: "arm64" };
    expect(findRelease("kube-apiserver", linux)).toMatchObject({
      url: `https://dl.k8s.io/release/${KUBERNETES_VERSION}/bin/linux/arm64/kube-apiserver`,
      checksumsUrl: `https://dl.k8s.io/release/${KUBERNETES_VERSION}/bin/linux/arm64/kube-apiserver.sha256`,
    });
    expect(findRelease("etcd", linux)).toMatchObject({
      checksumsUrl: `${OFFICIAL_HOSTS.github}/etcd-io/etcd/releases/download/${ETCD_VERSION}/SHA256SUMS`,
    });
    const macOs = { os: "darwin", arch: "arm64" };
    expect(findRelease("kube-apiserver", macOs)).toBe(
      "Kubernetes publishes no kube-apiserver for darwin",
    );
    expect(findRelease("kubectl", macOs)).toMatchObject({ file: "kubectl" });
  });
});

describe("without network", () => {
  const next = (): string => {
    const assets = join(folder, "assets");
    mkdirSync(assets);
    writeFileSync(join(assets, "kubectl"), CONTENT);
    chmodSync(join(assets, "kubectl"), 0o755);
    return assets;
  };

  it("a refused connection leads to the next source at once", async () => {
    const begin = Date.now();
    const sources = [
      releases(`http://127.0.0.1:${await freePort()}`),
      folderSource("next", next()),
    ];
    expect(await getBinary("kubectl", sources, silent)).toBe(join(folder, "assets", "kubectl"));
    expect(Date.now() - begin).toBeLessThan(1000);
  });

  it("a host that never answers is given up after 3 s, and once for all binaries", async () => {
    const origin = await serve({ "/": () => undefined });
    const source = releases(origin);
    const begin = Date.now();
    await expect(source.get("kubectl", silent)).rejects.toThrow("does not answer");
    expect(Date.now() - begin).toBeGreaterThan(2900);
    await expect(source.get("kubectl", silent)).rejects.toThrow("does not answer");
    expect(Date.now() - begin).toBeLessThan(4500);
    expect(requests).toEqual([]);
  });

  it("the error has the reason of each source and says what to do", async () => {
    const origin = `http://127.0.0.1:${await freePort()}`;
    const sources = [
      folderSource("KUBEBUILDER_ASSETS", undefined),
      folderSource("the cache", dir),
      releases(origin),
    ];
    const error = await getBinary("kubectl", sources, silent).catch((e: unknown) => e);
    const { message } = error as Error;
    expect(message).toContain(`no kubectl for ${os}/${arch}`);
    expect(message).toContain("- KUBEBUILDER_ASSETS: is not set");
    expect(message).toContain(`- the cache: has no kubectl (${dir})`);
    expect(message).toMatch(
      /- the official release: 127\.0\.0\.1:\d+ does not answer: .*ECONNREFUSED/,
    );
    expect(message).toMatch(/Install Go 1\.\d+ or newer .*, or set KUBEBUILDER_ASSETS/);
  });
});

describe("a build with Go", () => {
  it.each([
    ["kubernetes", `k8s.io/kubernetes ${KUBERNETES_VERSION}`],
    ["etcd", `go.etcd.io/etcd/server/v3 ${ETCD_VERSION}`],
    ["kwok", `sigs.k8s.io/kwok ${KWOK_VERSION}`],
  ])("is of the same version of %s as the release", (module, requirement) => {
    const goMod = readFileSync(`hack/control-plane/go/${module}/go.mod`, "utf8");
    expect(goMod).toContain(requirement);
  });

  it("has the staging modules that belong to that version of Kubernetes", () => {
    const goMod = readFileSync("hack/control-plane/go/kubernetes/go.mod", "utf8");
    const replaced = [...goMod.matchAll(/^\t(\S+) => (\S+) (\S+)$/gm)];
    expect(replaced.length).toBeGreaterThan(20);
    for (const [line, from, to, version] of replaced) {
      expect([to, version], line).toEqual([from, KUBERNETES_VERSION.replace("v1.", "v0.")]);
    }
  });
});

describe("the cache", () => {
  it("is in the folder for caches, one for each set of versions and platform", () => {
    expect(cacheDir({ XDG_CACHE_HOME: "/caches" })).toBe(
      `/caches/critical-service-operator/kubernetes-${KUBERNETES_VERSION}_etcd-${ETCD_VERSION}_kwok-${KWOK_VERSION}_${os}-${arch}/bin`,
    );
  });

  it("holds nothing after a process was killed during a download", async () => {
    const origin = await serve({
      [`${KUBECTL}.sha256`]: sha256(CONTENT),
      [KUBECTL]: (_request, response) => {
        response.writeHead(200, { "content-length": CONTENT.length });
        response.write(CONTENT.subarray(0, 1000));
      },
    });
    const script = `import(${JSON.stringify(resolve("hack/control-plane/release-source.ts"))}).then(
      ({ ReleaseSource }) => new ReleaseSource(${JSON.stringify(dir)},
        { kubernetes: "${origin}", github: "${origin}" }).get("kubectl", () => undefined))`;
    const child = spawn(process.execPath, ["--import", "tsx", "-e", script], { stdio: "inherit" });
    const parts = (): string[] =>
      (existsSync(dir) ? readdirSync(dir, { recursive: true }) : []) as string[];
    await vi.waitFor(() => {
      expect(parts().some(part => part.endsWith("/download"))).toBe(true);
    }, 20_000);
    child.kill("SIGKILL");
    await vi.waitFor(() => {
      expect(parts()).toEqual([]);
    }, 10_000);
  }, 40_000);
});
