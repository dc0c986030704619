import { closeSync, openSync, readSync } from "node:fs";
import type { AuditEvent } from "./invariants/writes";

const CHUNK_BYTES = 1024 * 1024;

/** Reads what is added to an audit log. */
export class AuditLog<Entry extends AuditEvent = AuditEvent> {
  #position = 0;
  #rest = "";

  constructor(private readonly file: string) {}

  /** The entries since the last call of this. */
  take(): Entry[] {
    const lines = (this.#rest + this.#readOn()).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines.filter(isWhole).map(line => JSON.parse(line) as Entry);
  }

  #readOn(): string {
    const file = openSync(this.file, "r");
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const parts: Buffer[] = [];
    let read: number;
    while ((read = readSync(file, chunk, 0, CHUNK_BYTES, this.#position)) > 0) {
      parts.push(Buffer.from(chunk.subarray(0, read)));
      this.#position += read;
    }
    closeSync(file);
    return Buffer.concat(parts).toString();
  }
}

/** A killed API server may leave half a line. */
function isWhole(line: string): boolean {
  return line.startsWith("{") && line.endsWith("}");
}
