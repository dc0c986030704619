/** A table in Markdown; prettier aligns its columns. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => "---"), ...rows]
    .map(cells => `| ${cells.map(escaped).join(" | ")} |`)
    .join("\n");
}

/** The text as code; empty if there is none. */
export function code(text: string): string {
  return text === "" ? "" : `\`${text}\``;
}

function escaped(cell: string): string {
  return cell.replaceAll("|", "\\|").replaceAll("\n", " ");
}
