/** The middle of some measurements, and how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
  /** Measurements in it. */
  readonly count: number;
}

/**
 * The spread of measurements in any order; of an even number the median is the mean of the middle two.
 *
 * @throws Error for no measurement at all.
 */
export function spreadOf(measurements: readonly number[]): Spread {
  const sorted = [...measurements].sort((a, b) => a - b);
  const { length } = sorted;
  if (length === 0) throw new Error('No measurement came: at least one was expected.');
  const median = (sorted[Math.floor((length - 1) / 2)]! + sorted[Math.floor(length / 2)]!) / 2;
  return { median, lowest: sorted[0]!, highest: sorted[length - 1]!, count: length };
}
