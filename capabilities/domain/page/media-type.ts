const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const QUOTED = '"[ !#-[\\]-~]*"';

/**
 * A media type with its parameters: RFC 9110, section 8.3.1. Quoted values without escapes, which
 * no registered parameter needs.
 */
export const MEDIA_TYPE = new RegExp(`^${TOKEN}/${TOKEN}( ?; ?${TOKEN}=(${TOKEN}|${QUOTED}))*$`);

/** `type/subtype` in lower case, without parameters. */
export function essence(mediaType: string): string {
  return mediaType.replace(/ ?;.*$/, "").toLowerCase();
}

/** Whether the type is JSON, or has its syntax: RFC 6839, section 3.1. */
export function isJson(mediaType: string): boolean {
  return /^application\/json$|\+json$/.test(essence(mediaType));
}
