import { writeFileSync } from "node:fs";

const NAME = "critical-service-operator";

/**
 * Writes a kubeconfig with one cluster, one user and one context.
 *
 * @param ca PEM certificate that the server's certificate is verified against
 */
export function writeKubeconfig(
  file: string,
  server: string,
  ca: string,
  user: string,
  token: string,
): void {
  const yaml = `apiVersion: v1
kind: Config
clusters:
  - name: ${NAME}
    cluster:
      server: ${server}
      certificate-authority-data: ${Buffer.from(ca).toString("base64")}
users:
  - name: ${user}
    user:
      token: ${token}
contexts:
  - name: ${NAME}
    context:
      cluster: ${NAME}
      user: ${user}
current-context: ${NAME}
`;
  writeFileSync(file, yaml, { mode: 0o600 });
}
