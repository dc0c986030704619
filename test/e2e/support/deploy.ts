import { join } from "node:path";
import * as deployment from "../../../hack/deployment";
import { kubectl } from "./stage";

export { MANIFESTS, runInProject as run } from "../../../hack/deployment";
export const CHART = join(__dirname, "..", "..", "..", "dist", "critsvc-chart");

/** The steps of hack/deployment.ts on the cluster under test. */
export const peprDeploy = (...flags: string[]) => deployment.peprDeploy(kubectl, ...flags);
export const operatorReady = () => deployment.operatorReady(kubectl);
export const remove = () => deployment.removeOperator(kubectl);
export const removeCrds = () => deployment.removeCrds(kubectl);
