import { peprDeploy } from "./deploy";

/** A bare cluster gets the operator as the README says first. */
export default async function setup(): Promise<void> {
  if (!process.env.KUBECONFIG) {
    throw new Error(
      "Set KUBECONFIG to the cluster to test on; the tests deploy the operator there",
    );
  }
  console.log("Deploying the operator (npx pepr deploy --yes) …");
  await peprDeploy();
}
