import { STATUS_CODES } from "node:http";
import { defaultHtml } from "./html";
import { TEXTS } from "./language";
import { DEFAULT_CONTENT_TYPE, type PageSpec } from "./spec";

/** What the fallback Pod answers with. */
export interface PageContent {
  readonly page: string;
  /** Media type of `page`. */
  readonly contentType: string;
  /** Problem details for a client that prefers JSON. */
  readonly problem: string;
}

/**
 * The bodies that the fallback Pod answers with.
 *
 * @param fromConfigMap what the ConfigMap holds; undefined if there is none or it lacks the key. The
 *   default page then stands in: a fallback that does not answer helps nobody.
 */
export function pageContent(spec: PageSpec, fromConfigMap?: string): PageContent {
  const { title, message, lang } = spec;
  const texts = TEXTS[lang];
  const own = spec.html ?? (spec.configMap && fromConfigMap);
  return {
    page:
      own ?? defaultHtml({ lang, title: title ?? texts.title, message: message ?? texts.message }),
    contentType: own === undefined ? DEFAULT_CONTENT_TYPE : spec.contentType,
    problem: problemDetails(spec),
  };
}

/**
 * Problem details as RFC 9457 has them. For the type `about:blank` its title should be the status's own
 * phrase (section 4.2.1); an author's title, which was asked for, goes before it.
 */
function problemDetails({ statusCode, title, message, lang }: PageSpec): string {
  const texts = TEXTS[lang];
  const problem = {
    type: "about:blank",
    title: title ?? STATUS_CODES[statusCode] ?? texts.title,
    status: statusCode,
    detail: message ?? texts.message,
  };
  return `${JSON.stringify(problem)}\n`;
}
