import packageJson from "../../../package.json";
import { MODULE_NAME, MODULE_NAMESPACE } from "../../module";
import { isAllowed, type Permission } from "../cluster-api";
import { findingsOf, type Check, type Finding } from "./finding";

const USER = `system:serviceaccount:${MODULE_NAMESPACE}:${MODULE_NAME}`;

/** Whether the operator may do what it has to, whichever role grants it. */
export const permissionCheck: Check = {
  name: "permissions",
  run: async () => {
    const needed = neededPermissions();
    const answers = await Promise.all(needed.map(one => isAllowed(USER, one)));
    return permissionFinding(needed.filter((_, index) => !answers[index]));
  },
};

/** What the operator needs in every namespace: package.json lists all but `watch`. */
export function neededPermissions(): Permission[] {
  return packageJson.pepr.rbac.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap(group =>
      resources.flatMap(resource =>
        // What it lists it watches; Pepr adds the verb where a binding does.
        [...new Set(verbs.includes("list") ? [...verbs, "watch"] : verbs)].map(verb => ({
          verb,
          group,
          resource,
        })),
      ),
    ),
  );
}

/** What is to be said of the permissions that are missing. */
export function permissionFinding(missing: readonly Permission[]): Finding {
  const { ok, fail } = findingsOf("permissions");
  if (missing.length === 0) {
    return ok(`${USER} may do all that the operator does`);
  }
  const list = missing.map(({ verb, group, resource }) =>
    [verb, group === "" ? resource : `${resource}.${group}`].join(" "),
  );
  return fail(
    `${USER} may not ${list.join(", ")}`,
    "deploy the operator again: its ClusterRole and ClusterRoleBinding are part of it",
  );
}
