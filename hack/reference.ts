import { join } from "node:path";
import { z } from "zod";
import { criticalServiceSpec } from "../capabilities/domain/critical-service";

export const README_FILE = join(__dirname, "..", "README.md");

interface Schema {
  type?: string;
  description?: string;
  default?: unknown;
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
}

/** The README with its reference of CriticalService's fields made anew from the schema. */
export function withReference(readme: string): string {
  const marked = /(<!-- reference:.*-->\n)[\s\S]*(<!-- \/reference -->)/;
  return readme.replace(
    marked,
    (_, begin: string, end: string) => `${begin}\n${reference()}\n\n${end}`,
  );
}

function reference(): string {
  const schema = z.toJSONSchema(criticalServiceSpec, { io: "input" }) as Schema;
  const rows = fields(schema, "spec");
  const table = [["field", "type", "meaning"], ["---", "---", "---"], ...rows];
  return table.map(cells => `| ${cells.join(" | ")} |`).join("\n");
}

function fields({ properties = {}, required = [] }: Schema, path: string): string[][] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const place = `${path}.${name}`;
    const need = required.includes(name) ? "required" : "optional";
    const row = [`\`${place}\``, `${field.type ?? ""}, ${need}`, field.description ?? ""];
    return [
      row,
      ...fields(field, place),
      ...(field.items ? fields(field.items, `${place}[]`) : []),
    ];
  });
}
