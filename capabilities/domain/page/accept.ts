import { essence, isJson } from "./media-type";

/** A pattern for the header Accept, and whether it means JSON. The first that matches decides. */
export interface AcceptRule {
  /** For a regular expression that ignores case, in the syntax that PCRE and JavaScript share. */
  readonly pattern: string;
  readonly json: boolean;
}

const JSON_TYPE = "application/([!#%&'*+.^_`|~0-9a-z-]+\\+)?json";
const HTML_TYPES = ["text/html", "application/xhtml+xml"];
/** Nothing but a parameter or the next type follows a type's name. */
const END = "(?![^\\s;,])";
const NO_WEIGHT = "(?![^,]*;\\s*q=0)";
const SOME_WEIGHT = "(?=[^,]*;\\s*q=0\\.[0-9]*[1-9])";

/**
 * Tells from the header Accept who gets the JSON body; undefined if nobody does.
 *
 * The rule, a simple form of RFC 9110, section 12.5.1: JSON goes to a client that names a JSON type
 * (`application/json` or `application/…+json`) with a greater weight than the page's type, or with
 * the same and before it. Only two weights are told apart, 1 and less; 0 means not acceptable.
 * Wildcards don't count: a browser, which names `text/html` first, curl with its wildcard, and a
 * client with no Accept at all get the page. When the page itself is JSON, everybody gets that.
 */
export function acceptRules(contentType: string): AcceptRule[] | undefined {
  if (isJson(contentType)) {
    return undefined;
  }
  const pageTypes = [...new Set([...HTML_TYPES, essence(contentType)])].map(escapePattern);
  const page = `(${pageTypes.join("|")})${END}`;
  const json = `${JSON_TYPE}${END}`;
  const comesFirst = (wanted: string, other: string, weight: string) =>
    `^((?!\\s*${other}${weight})[^,]*,)*\\s*${wanted}${weight}`;
  return [
    { pattern: comesFirst(json, page, NO_WEIGHT), json: true },
    { pattern: `(^|,)\\s*${page}${NO_WEIGHT}`, json: false },
    { pattern: comesFirst(json, page, SOME_WEIGHT), json: true },
  ];
}

/** Whether a client that sends the header Accept gets JSON instead of the page. */
export function prefersJson(contentType: string, accept = ""): boolean {
  const rules = acceptRules(contentType) ?? [];
  return rules.find(({ pattern }) => new RegExp(pattern, "i").test(accept))?.json ?? false;
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
