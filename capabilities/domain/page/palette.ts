/** The default page's colours, as CSS writes them. */
export interface Palette {
  readonly background: string;
  readonly card: string;
  readonly border: string;
  readonly text: string;
  readonly muted: string;
  readonly accent: string;
  readonly accentSoft: string;
  /** Text on the accent. */
  readonly onAccent: string;
}

/** Each text has at least the contrast of WCAG 2.2, level AA (1.4.3), on what is behind it. */
export const LIGHT: Palette = {
  background: "#f3f5f9",
  card: "#ffffff",
  border: "#e0e5ed",
  text: "#161b26",
  muted: "#535c6c",
  accent: "#2456c9",
  accentSoft: "#e8effc",
  onAccent: "#ffffff",
};

export const DARK: Palette = {
  background: "#0e1117",
  card: "#171b24",
  border: "#2a303d",
  text: "#f1f3f8",
  muted: "#a8b1c1",
  accent: "#8fb4ff",
  accentSoft: "#1e2a44",
  onAccent: "#0c1322",
};
