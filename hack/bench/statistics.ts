/** The smallest, the middle and the largest of some numbers. */
export interface Summary {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** @throws if there is no number */
export function summarize(numbers: readonly number[]): Summary {
  const sorted = [...numbers].sort((a, b) => a - b);
  const [min] = sorted;
  const max = sorted.at(-1);
  if (min === undefined || max === undefined) throw new Error("nothing was measured");
  const middle = (sorted.length - 1) / 2;
  const around = [sorted[Math.floor(middle)] ?? min, sorted[Math.ceil(middle)] ?? max];
  return { min, median: ((around[0] ?? min) + (around[1] ?? max)) / 2, max };
}

/**
 * The element in the middle by `value`, the lower one of two.
 *
 * @throws if there is none
 */
export function middleBy<T>(elements: readonly T[], value: (element: T) => number): T {
  const sorted = [...elements].sort((a, b) => value(a) - value(b));
  const element = sorted[Math.floor((sorted.length - 1) / 2)];
  if (element === undefined) throw new Error("nothing was measured");
  return element;
}

/**
 * The smallest number that at least `share` (0 to 1) of the numbers do not exceed.
 *
 * @throws if there is no number
 */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error("nothing was measured");
  return value;
}

/**
 * The power of x that y grows with: 1 if y doubles when x does, 0 if it stays. Of several points,
 * the one that fits their logarithms best.
 *
 * @returns undefined unless there are two x; points that have no logarithm are left out
 */
export function exponent(points: readonly (readonly [x: number, y: number])[]): number | undefined {
  const logs = points
    .filter(([x, y]) => x > 0 && y > 0)
    .map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const mean = (which: 0 | 1): number =>
    logs.reduce((sum, point) => sum + point[which], 0) / logs.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const spread = logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const slope = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
  return spread > 0 ? slope : undefined;
}
