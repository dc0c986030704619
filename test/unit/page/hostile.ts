import fc from "fast-check";

/** What breaks out of a quoted string, a block, a header or a page, if anything does. */
const PIECES = [
  ...['"', "'", "\\", '\\"', "\\\\", "$", "$host", "${host}", "$1", "$fallback_uri", "%24", "`"],
  ...[";", "}", "{", "}}", "#", "; return 200; #", '" always; } server { listen 1; }', "~*^.*$"],
  ...["\n", "\r\n", "\r", "\t", "\0", "\u001b", "\u007f", "\\n", "\\t", " ", "\u00a0", "\u2028"],
  ...["<script>alert(1)</script>", "</title>", "</style>", "<!--", "-->", "&amp;", "&", "<", ">"],
  ...["é", "\u{1F527}", "\u{10FFFF}", "\ud83d", "\udd27", "\ufeff", "\u202e", "ascii", "X-Header"],
  ...["include /etc/passwd;", "default", "volatile", "ranges", "/etc/fallback-page", "@@", "<%"],
];

/** Texts of hostile pieces and of anything else. */
export const hostileText = fc
  .array(
    fc.oneof(
      { arbitrary: fc.constantFrom(...PIECES), weight: 3 },
      { arbitrary: fc.string({ unit: "binary", maxLength: 8 }), weight: 1 },
      { arbitrary: fc.string({ maxLength: 8 }), weight: 1 },
    ),
    { maxLength: 12 },
  )
  .map(pieces => pieces.join(""));

/** The same without what no page may hold, so that most of them are accepted. */
export const hostileUnicode = hostileText.map(text =>
  text.replace(/\p{Surrogate}|(?![\t\n\r])[\p{Cc}]/gu, ""),
);

/** The same in what header values may hold. */
export const hostileAscii = hostileText.map(text => text.replace(/[^ -~]/g, "").trim());

const huge = fc.nat({ max: 70_000 }).map(length => '"$é'.repeat(length / 2));

const anyText = fc.oneof(
  { arbitrary: hostileUnicode, weight: 20 },
  { arbitrary: hostileText, weight: 2 },
  { arbitrary: huge, weight: 1 },
);

const HEADER_NAMES = ["X-A", "x-a", "$host", "X'`#", "Set-Cookie", "Link", "constructor"];
const headerName = fc.oneof(
  { arbitrary: fc.constantFrom(...HEADER_NAMES), weight: 20 },
  { arbitrary: fc.constantFrom("Content-Length", "date"), weight: 1 },
  { arbitrary: hostileText, weight: 1 },
);

const headerValue = fc.oneof(
  { arbitrary: hostileAscii, weight: 20 },
  { arbitrary: hostileText, weight: 1 },
  { arbitrary: huge, weight: 1 },
);

/** A page as a manifest may have it: about half of them are refused. */
export const hostilePage = fc.record(
  {
    statusCode: fc.oneof(
      { arbitrary: fc.constantFrom(200, 404, 429, 503, 599), weight: 20 },
      { arbitrary: fc.integer(), weight: 1 },
    ),
    title: anyText,
    message: anyText,
    lang: fc.constantFrom("en", "fr", "de", "es"),
    html: anyText,
    retryAfterSeconds: fc.nat({ max: 100 }),
    headers: fc.array(fc.record({ name: headerName, value: headerValue }), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);
