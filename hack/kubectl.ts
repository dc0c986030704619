import { execFile, execFileSync } from "node:child_process";
import { defaultSources, getBinary } from "./control-plane/binaries";

/** kubectl on one cluster. */
export class Kubectl {
  constructor(
    private readonly binary: string,
    readonly kubeconfig: string,
  ) {}

  /**
   * Runs kubectl.
   *
   * @param input what it reads from its standard input
   * @returns what it prints
   * @throws Error with what it says on standard error
   */
  run(args: string[], input?: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = execFile(
        this.binary,
        ["--kubeconfig", this.kubeconfig, ...args],
        { maxBuffer: 64 * 1024 * 1024 },
        (error, stdout, stderr) => {
          if (error) {
            reject(new Error(`kubectl ${args.join(" ")}: ${stderr.trim() || error.message}`));
          } else {
            resolve(stdout);
          }
        },
      );
      child.stdin?.end(input);
    });
  }

  /** Applies objects, server-side. */
  async apply(...objects: object[]): Promise<void> {
    const list = { apiVersion: "v1", kind: "List", items: objects };
    const flags = ["--server-side", "--force-conflicts", "--field-manager=hack"];
    await this.run(["apply", ...flags, "-f", "-"], JSON.stringify(list));
  }

  /** Whether there is such an object; `what` as in `kubectl get`. */
  async has(...what: string[]): Promise<boolean> {
    return (await this.run(["get", ...what, "--ignore-not-found", "-o", "name"])) !== "";
  }

  /** Deletes objects and waits until they are gone; those that are not there are fine. */
  async delete(...what: string[]): Promise<void> {
    await this.run(["delete", ...what, "--ignore-not-found", "--wait"]);
  }
}

/** The kubectl on the PATH; if there is none, one of ours. */
export async function findKubectl(progress: (message: string) => void): Promise<string> {
  try {
    return execFileSync("/bin/sh", ["-c", "command -v kubectl"]).toString().trim();
  } catch {
    return getBinary("kubectl", defaultSources(), progress);
  }
}
