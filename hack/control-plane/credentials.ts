import { generateKeyPairSync, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The users of the control plane. Each process has a name of its own, so that the audit log says
 * who did what; all are in `system:masters`, which RBAC lets do anything.
 */
export const USERS = ["admin", "kube-controller-manager", "kube-scheduler", "kwok"] as const;

export type UserName = (typeof USERS)[number];
export type Tokens<User extends string = UserName> = Record<User, string>;

export const TOKEN_FILE = "tokens.csv";
export const SERVICE_ACCOUNT_KEY = "service-account.key";

/** Writes the static token file of kube-apiserver and the service accounts' signing key. */
export function writeCredentials<User extends string>(
  dir: string,
  users: readonly User[],
): Tokens<User> {
  const tokens = Object.fromEntries(
    users.map(user => [user, randomBytes(16).toString("hex")]),
  ) as Tokens<User>;
  const lines = users.map(user => `${tokens[user]},${audited(user)},${user},"system:masters"\n`);
  writeFileSync(join(dir, TOKEN_FILE), lines.join(""), { mode: 0o600 });
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  // kube-apiserver derives the public half for verification from the same file.
  const pem = privateKey.export({ type: "sec1", format: "pem" });
  writeFileSync(join(dir, SERVICE_ACCOUNT_KEY), pem, { mode: 0o600 });
  return tokens;
}

function audited(user: string): string {
  return user.startsWith("kube-") ? `system:${user}` : user;
}
