import { TEXTS, type Language } from "./language";
import { DARK, LIGHT, type Palette } from "./palette";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** `text` as HTML shows it, within an element and within a quoted attribute alike. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => ENTITIES[character] ?? character);
}

/**
 * The default page: no script and nothing to load, so it shows behind any Content-Security-Policy that
 * allows its style, and with all of the site's servers down.
 */
export function defaultHtml(page: { lang: Language; title: string; message: string }): string {
  const title = escapeHtml(page.title);
  return `<!doctype html>
<html lang="${page.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="${LIGHT.background}" media="(prefers-color-scheme:light)">
<meta name="theme-color" content="${DARK.background}" media="(prefers-color-scheme:dark)">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>
${STYLE}
</style>
</head>
<body>
<main>
${ICON}
<h1>${title}</h1>
<p>${escapeHtml(page.message)}</p>
<a href="">${escapeHtml(TEXTS[page.lang].retry)}</a>
</main>
</body>
</html>
`;
}

/** A clock's face: wait a moment. */
const ICON = `<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">
<circle cx="12" cy="12" r="8.5"/>
<path d="M12 7.25V12l3.25 2"/>
</svg>`;

function variables(palette: Palette): string {
  return Object.entries(palette)
    .map(([name, colour]) => `--${name}:${String(colour)}`)
    .join(";");
}

// Nothing moves, so there is nothing to reduce for those who asked for that.
const STYLE = `:root{color-scheme:light dark;${variables(LIGHT)}}
@media (prefers-color-scheme:dark){:root{${variables(DARK)}}}
*,*::before,*::after{box-sizing:border-box}
body{margin:0;min-height:100vh;min-height:100dvh;display:grid;place-items:center;padding:1.25rem;background:var(--background);color:var(--text);font:400 1.0625rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;-webkit-text-size-adjust:100%;text-size-adjust:100%}
main{width:100%;max-width:38rem;padding:clamp(1.75rem,6vw,3.25rem);background:var(--card);border:1px solid var(--border);border-radius:1.25rem;box-shadow:0 1px 2px rgb(0 0 0/.04),0 16px 40px -16px rgb(0 0 0/.16);overflow-wrap:anywhere}
svg{display:block;width:3.5rem;height:3.5rem;margin-bottom:1.5rem;padding:.8125rem;border-radius:1rem;background:var(--accentSoft);color:var(--accent)}
h1{margin:0 0 1rem;font-size:clamp(1.625rem,1.4rem + 1vw,2rem);line-height:1.2;font-weight:650;letter-spacing:-.015em;text-wrap:balance;hyphens:auto;hyphenate-limit-chars:16 6 6}
p{margin:0;color:var(--muted);white-space:pre-line;text-wrap:pretty}
a{display:inline-block;margin-top:2rem;padding:.6875rem 1.375rem;border:1px solid transparent;border-radius:.75rem;background:var(--accent);color:var(--onAccent);font-weight:600;text-decoration:none}
a:hover{text-decoration:underline;text-underline-offset:.2em}
a:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
@media print{main{border:0;box-shadow:none}a{display:none}}`;
