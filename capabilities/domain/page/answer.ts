import { acceptRules, prefersJson } from "./accept";
import { pageContent } from "./content";
import type { Header } from "./headers";
import type { PageSpec } from "./spec";

export const PROBLEM_TYPE = "application/problem+json";

/** Statuses for which Retry-After has a meaning: RFC 9110, 10.2.3 and 15.5.14; RFC 6585, 4. */
const RETRY_STATUSES = new Set([413, 429, 503]);

/** What a client of the fallback page gets. */
export interface Answer {
  readonly status: number;
  /** Without those that a server makes by itself, such as Date and Content-Length. */
  readonly headers: readonly Header[];
  readonly body: string;
}

/**
 * What a client gets that sends the header Accept.
 *
 * @param accept the header's value; undefined if there is none
 * @param fromConfigMap what the ConfigMap of `spec.configMap` holds; undefined if there is none
 */
export function answerTo(
  accept: string | undefined,
  spec: PageSpec,
  fromConfigMap?: string,
): Answer {
  const { page, contentType, problem } = pageContent(spec, fromConfigMap);
  const json = prefersJson(contentType, accept);
  const type = { name: "Content-Type", value: json ? PROBLEM_TYPE : contentType };
  const headers = [type, ...fixedHeaders({ ...spec, contentType }), ...(spec.headers ?? [])];
  return { status: spec.statusCode, headers, body: json ? problem : page };
}

/** The headers that every answer carries, whatever the author says. */
export function fixedHeaders({
  statusCode,
  retryAfterSeconds,
  contentType,
}: Pick<PageSpec, "statusCode" | "retryAfterSeconds" | "contentType">): Header[] {
  const retry = { name: "Retry-After", value: String(retryAfterSeconds) };
  return [
    { name: "Cache-Control", value: "no-store" },
    ...(RETRY_STATUSES.has(statusCode) ? [retry] : []),
    ...(acceptRules(contentType) ? [{ name: "Vary", value: "Accept" }] : []),
  ];
}
