/** When the world began. */
let beginning = 0;

/** Whether what happens is written down, which is for a single history that is played again. */
export const keepsDiary = process.env.MODEL_DIARY !== undefined;

/** Begins a new page. */
export function openDiary(): void {
  beginning = Date.now();
}

/** Writes a line, with the milliseconds since the world began. */
export function note(...what: unknown[]): void {
  if (keepsDiary) {
    const told = what.map(one => (typeof one === "string" ? one : JSON.stringify(one)));
    console.info(String(Date.now() - beginning).padStart(8), ...told);
  }
}
