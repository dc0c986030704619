import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { parseAllDocuments } from "yaml";
import { describe, expect, it } from "vitest";
import { readCriticalServiceSpec } from "../../capabilities/domain/critical-service";
import packageJson from "../../package.json";
import { readPage, type Page } from "./markdown";

const ROOT = join(__dirname, "..", "..");
const INDEX = "docs/README.md";
const pages = new Map<string, Page>();
for (const file of ["", "docs"].flatMap(markdownIn)) {
  pages.set(file, await readPage(readFileSync(join(ROOT, file), "utf8")));
}

describe.each([...pages])("%s", (file, page) => {
  it("has no link within the project that leads nowhere", () => {
    const broken = page.links.filter(isInProject).filter(link => !leadsSomewhere(file, link));
    expect(broken).toEqual([]);
  });

  it("names no npm script that is not there", () => {
    const named = page.code
      .flatMap(({ text }) => [...text.matchAll(/npm run ([\w:]+)/g)])
      .map(([, script = ""]) => script);
    expect(named.filter(script => !(script in packageJson.scripts))).toEqual([]);
  });

  it("has no YAML that can't be read, and no CriticalService that would be refused", () => {
    const problems = page.code.filter(({ lang }) => lang === "yaml").flatMap(yamlProblems);
    expect(problems).toEqual([]);
  });
});

it("the index leads to each page", () => {
  const { links = [] } = pages.get(INDEX) ?? {};
  const indexed = new Set(links.filter(isInProject).map(link => split(INDEX, link).path));
  const missing = [...pages.keys()].filter(file => file !== INDEX && !indexed.has(file));
  expect(missing).toEqual([]);
});

function markdownIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder))
    .filter(name => name.endsWith(".md"))
    .map(name => join(folder, name));
}

function isInProject(link: string): boolean {
  return !/^[a-z]+:/.test(link);
}

function leadsSomewhere(file: string, link: string): boolean {
  const { path, anchor } = split(file, link);
  const target = pages.get(path);
  const isThere = !path.startsWith("..") && existsSync(join(ROOT, path));
  return isThere && (anchor === undefined || target?.anchors.includes(anchor) === true);
}

/** Where a link in `file` leads: a path from the project's root, and a heading there. */
function split(file: string, link: string): { path: string; anchor: string | undefined } {
  const [path = "", anchor] = link.split("#");
  return { path: path === "" ? file : normalize(join(dirname(file), path)), anchor };
}

function yamlProblems({ text }: { text: string }): string[] {
  return parseAllDocuments(text).flatMap(document => {
    if (document.errors.length > 0) {
      return document.errors.map(({ message }) => message);
    }
    const object = document.toJS() as { kind?: unknown; spec?: { matchLabels?: unknown } } | null;
    // Examples leave out what is the same each time.
    const isOurs = object?.kind === "CriticalService" || object?.spec?.matchLabels !== undefined;
    return isOurs ? (readCriticalServiceSpec(object.spec).problems ?? []) : [];
  });
}
