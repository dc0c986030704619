import { isDeepStrictEqual } from "node:util";
import { criticalServiceCrd, GROUP, PLURAL, VERSION } from "../../../capabilities/domain/crd";
import { getCrd } from "../cluster-api";
import { findingsOf, type Check, type Finding } from "./finding";

const NAME = `${PLURAL}.${GROUP}`;
const FIX =
  "restart the watcher, which applies its CRD, or " +
  "kubectl apply --server-side --force-conflicts -f hack/crd/criticalservices.mycrd.com.yaml";
/** Differences that are named at most. */
const MAX_NAMED = 3;

/** Whether the API server serves CriticalServices as this build knows them. */
export const crdCheck: Check = {
  name: "CRD",
  run: async () => crdFinding(await getCrd(NAME)),
};

/** A CRD as the API server hands it out, as far as it matters here. */
interface PresentCrd {
  spec?: { versions?: { name: string; served?: boolean }[] };
  status?: { conditions?: { type: string; status: string; message?: string }[] };
}

/** What is to be said of the CRD that is there. */
export function crdFinding(crd: PresentCrd | undefined): Finding {
  const { fail } = findingsOf("CRD");
  if (!crd) {
    return fail(`${NAME} is not there`, "deploy the operator, which brings it");
  }
  const notYet = whyNotEstablished(crd);
  if (notYet !== undefined) {
    return fail(`${NAME} is not established: ${notYet}`, FIX);
  }
  const present = crd.spec?.versions?.find(({ name }) => name === VERSION);
  return present?.served
    ? compareWithThisBuild(present)
    : fail(`${NAME} does not serve version ${VERSION}`, FIX);
}

function whyNotEstablished({ status }: PresentCrd): string | undefined {
  const established = status?.conditions?.find(({ type }) => type === "Established");
  return established?.status === "True" ? undefined : (established?.message ?? "no reason given");
}

function compareWithThisBuild(present: object): Finding {
  const { ok, warn } = findingsOf("CRD");
  const wanted = criticalServiceCrd().spec.versions.find(({ name }) => name === VERSION);
  const differences = differencesOf(wanted, present, "");
  if (differences.length === 0) {
    return ok(`${NAME}, version ${VERSION}, is that of this build`);
  }
  const named = differences.slice(0, MAX_NAMED).join(", ");
  const rest = differences.length - MAX_NAMED;
  const more = rest > 0 ? ` and ${rest} more` : "";
  return warn(`${NAME} is that of another build: it differs in ${named}${more}`, FIX);
}

/**
 * The paths where two values differ. What is `undefined` in one and an empty object in the other is the
 * same: the API server leaves such things out.
 */
function differencesOf(wanted: unknown, present: unknown, path: string): string[] {
  if (!isObject(wanted) || !isObject(present)) {
    return isDeepStrictEqual(wanted, present) || (isEmpty(wanted) && isEmpty(present))
      ? []
      : [path.slice(1)];
  }
  const keys = new Set([...Object.keys(wanted), ...Object.keys(present)]);
  return [...keys].flatMap(key => differencesOf(wanted[key], present[key], `${path}.${key}`));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (isObject(value) && Object.keys(value).length === 0);
}
