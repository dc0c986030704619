import { z } from "zod";

/** More than any page needs; with {@link MAX_HEADER_BYTES} it bounds the answer's head. */
const MAX_HEADERS = 16;
const MAX_NAME = 64;
/** Escaped, a value stays under the 4096 bytes that nginx allows a parameter. */
const MAX_VALUE = 1024;
/**
 * All names and values together. Proxies such as ingress-nginx read an answer's head into 4 KiB and
 * answer 502 to a longer one; the rest is left for the server's own headers.
 */
const MAX_HEADER_BYTES = 3072;

/** `token` of RFC 9110, section 5.6.2. */
const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Visible ASCII and spaces between it: what RFC 9110, section 5.5, asks of new field values. */
const FIELD_VALUE = /^[!-~]([ -~]*[!-~])?$/;

const HOP_BY_HOP = "belongs to the connection, which the server controls: remove it";
const NOT_STORED = "has no use, as the page is never stored: remove it";
/** Headers that the server sets or that would make its answer wrong, with what to do instead. */
const RESERVED = new Map([
  ["content-length", "is counted by the server: remove it"],
  ["content-type", "is set by the field contentType: use that, next to html or configMap"],
  ["content-encoding", "would be wrong, as the page is sent as it is: remove it"],
  ["content-range", "would be wrong, as the page is always sent whole: remove it"],
  ["accept-ranges", "would be wrong, as the page is always sent whole: remove it"],
  ["retry-after", "is set by the field retryAfterSeconds: use that"],
  ["cache-control", "is always no-store, so that nobody sees the page too long: remove it"],
  ["last-modified", NOT_STORED],
  ["etag", NOT_STORED],
  ["date", "is set by the server: remove it"],
  ["server", "is set by the server: remove it"],
  ["connection", HOP_BY_HOP],
  ["keep-alive", HOP_BY_HOP],
  ["proxy-connection", HOP_BY_HOP],
  ["te", HOP_BY_HOP],
  ["trailer", HOP_BY_HOP],
  ["transfer-encoding", HOP_BY_HOP],
  ["upgrade", HOP_BY_HOP],
]);

const header = z.strictObject({
  name: z
    .string("is not a text: give the header's name, such as X-Support")
    .min(1, "is empty: give the header's name, such as X-Support")
    .max(MAX_NAME, `is too long: use at most ${MAX_NAME} characters`)
    .regex(FIELD_NAME, "is not a valid header name: use letters, digits and '-'")
    .superRefine((name, context) => {
      const reason = RESERVED.get(name.toLowerCase());
      if (reason !== undefined) {
        context.addIssue({ code: "custom", message: `is ${name}, which ${reason}` });
      }
    })
    .describe(
      "Name of the header. Those that the server controls, such as Content-Length or Connection, are refused.",
    ),
  value: z
    .string("is not a text: give the header's value")
    .min(1, "is empty: give the header's value, or remove the header")
    .max(MAX_VALUE, `is too long: use at most ${MAX_VALUE} characters`)
    .regex(
      FIELD_VALUE,
      "is not a valid header value: use printable ASCII characters, with no space at the beginning and the end",
    )
    .describe("Value of the header: printable ASCII, taken literally."),
});

export type Header = z.infer<typeof header>;

/** `spec.page.headers`: further headers of every answer. */
export const headerList = z
  .array(header, "is not a list: give the headers as a list of {name, value}")
  .max(MAX_HEADERS, `are too many: list at most ${MAX_HEADERS}`)
  .superRefine(refuseRepeatedNames)
  .superRefine(refuseTooMuch)
  .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"] });

/** Names are compared as HTTP does, in either case, which the list-map's key can't. */
function refuseRepeatedNames(headers: Header[], context: z.RefinementCtx): void {
  const seen = new Set<string>();
  headers.forEach(({ name }, index) => {
    if (seen.has(name.toLowerCase())) {
      const message = `names the header ${name} again: list each header once`;
      context.addIssue({ code: "custom", path: [index, "name"], message });
    }
    seen.add(name.toLowerCase());
  });
}

function refuseTooMuch(headers: Header[], context: z.RefinementCtx): void {
  // Each line has ": " and a line end beside the name and the value.
  const bytes = headers.reduce((sum, { name, value }) => sum + name.length + value.length + 4, 0);
  if (bytes > MAX_HEADER_BYTES) {
    const message = `take ${bytes} bytes together: make them at most ${MAX_HEADER_BYTES}`;
    context.addIssue({ code: "custom", message });
  }
}
