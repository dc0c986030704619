import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseAllDocuments } from "yaml";
import packageJson from "../package.json";

/** Name of all that Pepr makes for this module. */
export const MODULE_NAME = `pepr-${packageJson.pepr.uuid}`;
/** Pepr's namespace. */
export const MODULE_NAMESPACE = "pepr-system";

const ROOT = join(__dirname, "..");

/** An object out of a manifest. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  [field: string]: unknown;
}

/** The module as `npx pepr build` makes it. */
export interface BuiltModule {
  /** Path of the JavaScript that runs in the operator's Pods. */
  readonly file: string;
  /** The objects that `kubectl apply` would bring. */
  readonly manifests: readonly Manifest[];
}

/**
 * Builds the module.
 *
 * @param root the folder of its package.json
 * @throws Error with what the build printed, if it fails
 */
export async function buildModule(root = ROOT): Promise<BuiltModule> {
  const pepr = join(root, "node_modules", ".bin", "pepr");
  const { stdout, stderr } = await promisify(execFile)(pepr, ["build"], { cwd: root });
  try {
    return readModule(root);
  } catch (error) {
    // Pepr ends with status 0 after some failures.
    throw new Error(`The build failed:\n${stdout}${stderr}`, { cause: error });
  }
}

/**
 * The module of the last build.
 *
 * @throws Error if there was none
 */
export function readModule(root = ROOT): BuiltModule {
  const dist = join(root, "dist");
  const yaml = readFileSync(join(dist, `pepr-module-${packageJson.pepr.uuid}.yaml`), "utf8");
  const manifests = parseAllDocuments(yaml).map(document => document.toJS() as Manifest);
  return { file: join(dist, `${MODULE_NAME}.js`), manifests };
}
