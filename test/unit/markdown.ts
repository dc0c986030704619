import { parsers } from "prettier/plugins/markdown";
import type { ParserOptions } from "prettier";

/** What is read of a node: https://github.com/syntax-tree/mdast */
interface Node {
  readonly type: string;
  readonly value?: string;
  readonly url?: string;
  readonly lang?: string | null;
  readonly children?: readonly Node[];
}

/** What a page in Markdown has that can be wrong. */
export interface Page {
  /** Where it leads: of links, images and the HTML in it. */
  readonly links: readonly string[];
  /** What may stand behind `#` in a link to it, as GitHub makes it of the headings. */
  readonly anchors: readonly string[];
  readonly code: readonly { readonly lang: string; readonly text: string }[];
}

/** Reads a page with the parser that prettier formats it with. */
export async function readPage(text: string): Promise<Page> {
  const root = (await parsers.markdown.parse(text, {} as ParserOptions)) as Node;
  const nodes = descendants(root);
  const ofType = (...types: string[]) => nodes.filter(({ type }) => types.includes(type));
  return {
    links: [
      ...ofType("link", "image", "definition").map(({ url = "" }) => url),
      ...ofType("html").flatMap(({ value = "" }) => linksOfHtml(value)),
    ],
    anchors: numbered(ofType("heading").map(heading => slug(textOf(heading)))),
    code: ofType("code").map(({ lang, value = "" }) => ({ lang: lang ?? "", text: value })),
  };
}

function descendants(node: Node): Node[] {
  return [node, ...(node.children ?? []).flatMap(descendants)];
}

function linksOfHtml(html: string): string[] {
  return [...html.matchAll(/\b(?:href|src)="([^"]*)"/g)].map(([, url = ""]) => url);
}

function textOf(node: Node): string {
  return node.value ?? (node.children ?? []).map(textOf).join("");
}

/** https://docs.github.com/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
    .replaceAll(" ", "-");
}

/** Of headings that are alike, all but the first get a number. */
function numbered(slugs: readonly string[]): string[] {
  return slugs.map((name, index) => {
    const earlier = slugs.slice(0, index).filter(other => other === name).length;
    return earlier === 0 ? name : `${name}-${earlier}`;
  });
}
