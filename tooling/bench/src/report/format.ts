import type { Spread } from '../measuring/measurements.js';

/** Formats seconds with three digits in a fitting unit: `0.42 ms`, `1.23 s`, `85 s`. */
export function time(seconds: number): string {
  return seconds < 1 ? `${digits(1000 * seconds)} ms` : `${digits(seconds)} s`;
}

/** Formats the median, and the lowest and the highest in brackets. */
export function timeSpread({ median, lowest, highest }: Spread): string {
  return `${time(median)} (${time(lowest)} to ${time(highest)})`;
}

/** Formats a ratio with three digits. */
export function times(ratio: number): string {
  return `${digits(ratio)}x`;
}

/** Formats a share as a percentage without decimals. */
export function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

/** Formats a number with three digits, and with all digits before the point. */
export function digits(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/**
 * Says in a sentence in which rows we are slower.
 *
 * @param ratios The ratio of the other's time to ours, by the row's name.
 */
export function whereSlower(
  other: string,
  ratios: readonly { readonly name: string; readonly ratio: number }[],
): string {
  const slower = ratios.filter(({ ratio }) => ratio < 1);
  if (slower.length === 0) return `**Slower than ${other}: nowhere in this table.**`;
  const names = slower.map(({ name, ratio }) => `${name} (${(1 / ratio).toFixed(2)} times its time)`);
  return `**Slower than ${other}: ${names.join('; ')}.**`;
}
