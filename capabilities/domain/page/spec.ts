import { z } from "zod";
import { headerList } from "./headers";
import { LANGUAGES } from "./language";
import { MEDIA_TYPE } from "./media-type";
import { contentFault, textFault } from "./text";

/** Largest `html`, in bytes of UTF-8. */
export const MAX_HTML_BYTES = 64 * 1024;
const MAX_TITLE = 120;
const MAX_MESSAGE = 2000;
const MAX_MEDIA_TYPE = 255;
const ONE_YEAR_SECONDS = 365 * 24 * 60 * 60;

export const DEFAULT_CONTENT_TYPE = "text/html; charset=utf-8";

const STATUS_FIX = "is not a status of a fallback: use 200, or 400 to 599";
const RETRY_FIX = `is not a number of seconds: use a whole number from 0 to ${ONE_YEAR_SECONDS}`;
const ONE_CONTENT = "has both html and configMap: give one of them";

/** A ConfigMap's key: https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-object */
const CONFIG_MAP_KEY = /^[-._a-zA-Z0-9]+$/;
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const MAX_NAME = 253;

const shortText = (max: number) =>
  z
    .string("is not a text")
    .min(1, "is empty: give a text, or remove the field for the default one")
    .max(max, `is too long: use at most ${max} characters`)
    .superRefine((text, context) => {
      addFault(context, textFault(text));
    });

const configMap = z.strictObject({
  name: z
    .string("is missing: give the name of a ConfigMap")
    .max(MAX_NAME, `is too long: use at most ${MAX_NAME} characters`)
    .regex(
      DNS_SUBDOMAIN,
      "is not the name of a ConfigMap: use lower-case letters, digits, '-', '.'",
    )
    .describe("Name of the ConfigMap."),
  key: z
    .string("is missing: give the key in the ConfigMap, such as index.html")
    .max(MAX_NAME, `is too long: use at most ${MAX_NAME} characters`)
    .regex(CONFIG_MAP_KEY, "is not the key of a ConfigMap: use letters, digits, '-', '_' and '.'")
    .describe("Key in its data whose value is the page."),
});

const fields = z.strictObject({
  statusCode: z
    .int(STATUS_FIX)
    .min(200, STATUS_FIX)
    .max(599, STATUS_FIX)
    .superRefine((code, context) => {
      addFault(context, code > 200 && code < 400 ? STATUS_FIX : undefined);
    })
    .meta({
      "x-kubernetes-validations": [{ rule: "self == 200 || self >= 400", message: STATUS_FIX }],
    })
    .default(503)
    .describe("HTTP status of every answer: 200, or 400 to 599. Default: 503."),
  title: shortText(MAX_TITLE)
    .optional()
    .describe("Heading of the default page. Default: a text in the language of lang."),
  message: shortText(MAX_MESSAGE)
    .optional()
    .describe(
      "Text below the heading; line breaks are kept. Default: a text in the language of lang.",
    ),
  lang: z
    .enum(LANGUAGES, `is not a language of the default page: use one of ${LANGUAGES.join(", ")}`)
    .default("en")
    .describe("Language of the default page and its default texts. Default: en."),
  html: z
    .string("is not a text: give the page's HTML")
    // The API server counts characters; the bytes, which are what matters, are counted below.
    .max(MAX_HTML_BYTES, {
      error: `is too long: make it at most ${MAX_HTML_BYTES} bytes, or use configMap`,
      abort: true,
    })
    .superRefine((html, context) => {
      addFault(context, contentFault(html, MAX_HTML_BYTES));
    })
    .optional()
    .describe(
      `A whole page instead of the default one, served as it is. At most ${MAX_HTML_BYTES} bytes in UTF-8.`,
    ),
  configMap: configMap
    .optional()
    .describe("A whole page in a ConfigMap of the Service's namespace, instead of html."),
  retryAfterSeconds: z
    .int(RETRY_FIX)
    .min(0, RETRY_FIX)
    .max(ONE_YEAR_SECONDS, RETRY_FIX)
    .default(30)
    .describe(
      "Seconds in the header Retry-After, which the statuses 413, 429 and 503 carry. Default: 30.",
    ),
  headers: headerList
    .optional()
    .describe("Further headers of every answer. Each name once, at most 3072 bytes together."),
  contentType: z
    .string("is not a text: give a media type, such as text/html; charset=utf-8")
    .max(MAX_MEDIA_TYPE, `is too long: use at most ${MAX_MEDIA_TYPE} characters`)
    .regex(MEDIA_TYPE, "is not a media type: use one such as text/html; charset=utf-8")
    .default(DEFAULT_CONTENT_TYPE)
    .describe(
      `Media type of html or of the ConfigMap's content. A JSON type is served to every client; with any other, a client that prefers application/json gets problem details. Default: ${DEFAULT_CONTENT_TYPE}.`,
    ),
});

/** What the fallback Pod answers, its defaults filled in. */
export type PageSpec = z.infer<typeof fields>;

/** `spec.page` of a CriticalService: the one source of the type, the CRD and the admission check. */
export const pageSpec = fields.superRefine(refuseContradictions).meta({
  "x-kubernetes-validations": [
    { rule: "!(has(self.html) && has(self.configMap))", message: ONE_CONTENT },
  ],
});

/** The built-in page, for a CriticalService that says nothing about it. */
export const DEFAULT_PAGE: PageSpec = pageSpec.parse({});

function refuseContradictions(page: PageSpec, context: z.RefinementCtx): void {
  if (page.html !== undefined && page.configMap !== undefined) {
    addFault(context, ONE_CONTENT);
  }
  const ownContent = page.html !== undefined || page.configMap !== undefined;
  if (!ownContent && page.contentType !== DEFAULT_CONTENT_TYPE) {
    addFault(context, "is of use with html or configMap only: give one, or remove it", [
      "contentType",
    ]);
  }
}

function addFault(context: z.RefinementCtx, message: string | undefined, path?: string[]): void {
  if (message !== undefined) {
    context.addIssue({ code: "custom", message, ...(path && { path }) });
  }
}
