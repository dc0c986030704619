import { X509Certificate } from "node:crypto";
import { ApiError } from "../../../capabilities/cluster/api";
import { MODULE_NAME } from "../../module";
import { dryRunCriticalService, getWebhooks } from "../cluster-api";
import { findingsOf, type Check, type Finding } from "./finding";

const DEPLOY = "deploy the operator again: its webhooks and their certificate are part of it";
const DAY_MS = 24 * 60 * 60 * 1000;
const WARN_DAYS = 30;

/** Whether the webhooks are there, and their certificate is to be trusted for a while. */
export const webhookCheck: Check = {
  name: "webhooks",
  run: async () => webhookFinding(await getWebhooks(MODULE_NAME), new Date()),
};

interface PresentWebhooks {
  webhooks?: { clientConfig: { caBundle?: string } }[];
}

/** What is to be said of the two webhook configurations. */
export function webhookFinding(
  [mutating, validating]: readonly [PresentWebhooks | undefined, PresentWebhooks | undefined],
  now: Date,
): Finding {
  const { ok, warn } = findingsOf("webhooks");
  const kinds = { Mutating: mutating, Validating: validating };
  const missing = Object.entries(kinds).filter(([, configuration]) => !configuration?.webhooks);
  if (missing.length > 0) {
    const names = missing.map(([name]) => `${name}WebhookConfiguration ${MODULE_NAME}`);
    return warn(`${names.join(" and ")}: not there; mistyped fields are not refused`, DEPLOY);
  }
  const ends = [mutating, validating]
    .flatMap(configuration => configuration?.webhooks ?? [])
    .flatMap(({ clientConfig }) => endOf(clientConfig.caBundle ?? ""));
  const end = new Date(Math.min(...ends.map(date => date.getTime())));
  const days = Math.floor((end.getTime() - now.getTime()) / DAY_MS);
  if (Number.isNaN(days)) {
    return warn("they hold no certificate, so the API server can't call them", DEPLOY);
  }
  const date = end.toISOString().slice(0, 10);
  if (days < 0) {
    return warn(`their certificate ended on ${date}: the API server no longer calls them`, DEPLOY);
  }
  const text = `both are there; their certificate ends on ${date}`;
  return days < WARN_DAYS ? warn(text, DEPLOY) : ok(text);
}

function endOf(bundle: string): Date[] {
  try {
    return [new Date(new X509Certificate(Buffer.from(bundle, "base64")).validTo)];
  } catch {
    // No certificate, of which the caller speaks.
    return [];
  }
}

/** A CriticalService that only the webhook refuses. */
const TRIAL = { matchLabels: [{ key: "critsvc", value: "trial" }], noSuchField: true };

/** Whether the API server asks the webhooks, by a CriticalService that is never kept. */
export const admissionTrialCheck: Check = {
  name: "admission trial",
  run: async () => {
    const { ok, warn } = findingsOf("admission trial");
    try {
      await dryRunCriticalService("critsvc-doctor", TRIAL);
    } catch (error) {
      if (error instanceof ApiError && error.message.includes("spec.noSuchField")) {
        return ok("a CriticalService with a mistyped field is refused");
      }
      if (error instanceof ApiError && error.isNotFound) {
        return warn("there is no such resource to try it on", "see the finding on the CRD");
      }
      throw error;
    }
    return warn(
      "a CriticalService with a mistyped field is accepted: the API server does not reach the webhooks",
      `kubectl get endpointslices -n pepr-system -l kubernetes.io/service-name=${MODULE_NAME}`,
    );
  },
};
