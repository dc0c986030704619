/** @throws Error that names the option, unless `text` is a whole number from 1 on */
export function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) {
    throw new Error(`${option} takes a whole number from 1 on, not "${text}"`);
  }
  return number;
}

/**
 * Names in a list with commas, in the order of `known`.
 *
 * @throws Error that names the option and what it takes
 */
export function someOf<T extends string>(option: string, list: string, known: readonly T[]): T[] {
  const names = list.split(",");
  const unknown = names.find(name => !known.some(one => one === name));
  if (unknown !== undefined) {
    throw new Error(`${option} takes some of ${known.join(", ")}, not "${unknown}"`);
  }
  return known.filter(name => names.includes(name));
}
