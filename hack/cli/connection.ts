import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { explain } from "../explain";
import { UserError } from "./outcome";

/** Which cluster to ask, in kubectl's own words. */
export interface ConnectionOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
}

interface Kubeconfig {
  "current-context"?: string;
  contexts?: { name: string }[];
}

/**
 * Has the client ask the cluster that kubectl would ask.
 *
 * The client knows neither `--kubeconfig` nor `--context`, and of several files in KUBECONFIG it
 * takes the last one's context, where kubectl takes the first one's. So it is given one more file,
 * which names the context and holds nothing else.
 *
 * @throws {UserError} that names the file or the context at fault
 */
export function connect({ kubeconfig, context }: ConnectionOptions): void {
  const files = kubeconfigFiles(kubeconfig);
  if (files.length === 0) {
    if (context !== undefined) {
      throw new UserError(`--context ${context}: there is no kubeconfig; give one by --kubeconfig`);
    }
    if (process.env.KUBERNETES_SERVICE_HOST === undefined) {
      throw new UserError("there is no kubeconfig: set KUBECONFIG, or give one by --kubeconfig");
    }
    return;
  }
  const configs = files.map(({ config }) => config);
  const known = configs.flatMap(({ contexts }) => contexts ?? []).map(({ name }) => name);
  const wanted = context ?? configs.map(one => one["current-context"]).find(Boolean);
  const names = files.map(({ file }) => file);
  if (wanted === undefined || !known.includes(wanted)) {
    const what =
      context !== undefined ? `--context ${context}` : `current-context ${wanted ?? "(not set)"}`;
    throw new UserError(
      `${what}: ${names.join(", ")} has no such context; it has ${known.join(", ") || "none"}`,
    );
  }
  process.env.KUBECONFIG = [...names, contextFile(wanted)].join(delimiter);
}

/** kubectl passes over files of KUBECONFIG that are not there, but not over that of the flag. */
function kubeconfigFiles(flag: string | undefined) {
  if (flag !== undefined) {
    return [{ file: flag, config: read(flag) }];
  }
  const named = (process.env.KUBECONFIG ?? "").split(delimiter).filter(Boolean);
  const files = named.length > 0 ? named : [join(homedir(), ".kube", "config")];
  return files.flatMap(file => {
    try {
      return [{ file, config: read(file) }];
    } catch (error) {
      if (isMissing((error as Error).cause)) {
        return [];
      }
      throw error;
    }
  });
}

function read(file: string): Kubeconfig {
  try {
    return (parse(readFileSync(file, "utf8")) ?? {}) as Kubeconfig;
  } catch (cause) {
    const why = isMissing(cause) ? "there is no such file" : firstLine(cause);
    throw new UserError(`kubeconfig ${file}: ${why}`, { cause });
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === "ENOENT";
}

function firstLine(error: unknown): string {
  return explain(error).split("\n")[0] ?? "";
}

function contextFile(context: string): string {
  const dir = mkdtempSync(join(tmpdir(), "critsvc-"));
  process.once("exit", () => {
    rmSync(dir, { recursive: true, force: true });
  });
  const file = join(dir, "context");
  const content = { clusters: [], users: [], contexts: [], "current-context": context };
  writeFileSync(file, JSON.stringify(content));
  return file;
}
