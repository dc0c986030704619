import { z } from "zod";
import { code, table } from "./table";

/** What is read of a JSON schema: https://json-schema.org/draft/2020-12/json-schema-validation */
interface Schema {
  type?: string;
  format?: string;
  description?: string;
  default?: string | number;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
}

/** What zod gives an integer without a limit. */
const UNLIMITED = Number.MAX_SAFE_INTEGER;
const HEADER = ["field", "type", "meaning"];

/** A table of all fields of an object, those of inner objects too. */
export function fieldTable(type: z.ZodType, root: string): string {
  return table(HEADER, fields(schemaOf(type), root));
}

/** A table of environment variables. */
export function variableTable(type: z.ZodObject): string {
  const { properties = {} } = schemaOf(type);
  const rows = Object.entries(properties).map(([name, field]) => [
    code(name),
    code(defaultOf(field)),
    [field.description, limits(field)].join(" ").trim(),
  ]);
  return table(["variable", "default", "meaning"], rows);
}

function schemaOf(type: z.ZodType): Schema {
  return z.toJSONSchema(type, { io: "input" }) as Schema;
}

function fields({ properties = {}, required = [] }: Schema, path: string): string[][] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const place = `${path}.${name}`;
    const row = [code(place), typeOf(field, required.includes(name)), meaning(field)];
    const { items } = field;
    return [row, ...fields(field, place), ...(items ? fields(items, `${place}[]`) : [])];
  });
}

function typeOf({ type = "", format, ...field }: Schema, isRequired: boolean): string {
  const value = defaultOf(field);
  const need = value === "" ? (isRequired ? "required" : "optional") : `default ${code(value)}`;
  return [format ?? type, need].join(", ");
}

function meaning(field: Schema): string {
  const value = defaultOf(field);
  // The CRD has no other place for a default; here it stands beside the type.
  const text = (field.description ?? "").replace(` Default: ${value}.`, "");
  return [text, limits(field)].join(" ").trim();
}

/** Which values there are, where they are few and the text does not say it. */
function limits({ description = "", minimum = 0, maximum = UNLIMITED, ...field }: Schema): string {
  const { enum: values = [] } = field;
  if (!values.every(value => description.includes(value))) {
    return `One of ${values.map(code).join(", ")}.`;
  }
  const isTold = maximum === UNLIMITED || description.includes(String(maximum));
  return isTold ? "" : `From ${minimum} to ${maximum}.`;
}

function defaultOf(field: Schema): string {
  return field.default === undefined ? "" : String(field.default);
}
