import type { Spread } from '../measuring/spread.js';

/** Seconds to three digits, in a unit that suits them: `0.42 ms`, `1.23 s`, `85 s`. */
export function time(seconds: number): string {
  return seconds < 1 ? `${digits(1000 * seconds)} ms` : `${digits(seconds)} s`;
}

/** The median, and the lowest and the highest in brackets. */
export function timeSpread({ median, lowest, highest }: Spread): string {
  return `${time(median)} (${time(lowest)} to ${time(highest)})`;
}

/** How many times: to three digits. */
export function times(ratio: number): string {
  return `${digits(ratio)}x`;
}

/** A share as a percentage without decimals. */
export function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

/** Three digits, and all of those before the point. */
export function digits(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
