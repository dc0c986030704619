import { getServerVersion } from "../cluster-api";
import { findingsOf, type Check, type Finding } from "./finding";

/** From then on a container can sleep before it stops: docs/operations.md, "At the return". */
const MINOR_WANTED = 30;

/** Whether the API server answers, and what it is. */
export const serverCheck: Check = {
  name: "API server",
  run: async () => serverFinding(await getServerVersion()),
};

/** What is to be said of a version such as `v1.36.3`. */
export function serverFinding(version: string): Finding {
  const { ok, warn } = findingsOf("API server");
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  const text = `Kubernetes ${version}`;
  return Number(major) > 1 || Number(minor) >= MINOR_WANTED
    ? ok(text)
    : warn(`${text} is older than 1.${MINOR_WANTED}, which the fallback Pods need`, "upgrade it");
}
