import type { Ratio } from '@fuseinit/planner';

/** 12,345 */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** Multiply-adds, parameters: 4.64 M. */
export function large(value: number): string {
  if (value < 1e6) return count(value);
  const [unit, size] = value < 1e9 ? (['M', 1e6] as const) : (['G', 1e9] as const);
  return `${(value / size).toFixed(2)} ${unit}`;
}

/** @param seconds Told in milliseconds, to three digits. */
export function milliseconds(seconds: number): string {
  const value = 1000 * seconds;
  const decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
  return `${value.toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })} ms`;
}

/** A relative mean square error. */
export function error(value: number | null): string {
  if (value === null) return '-';
  return value !== 0 && value < 0.001 ? value.toExponential(0) : value.toFixed(3);
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** How many times as much. */
export function times(value: number, reference: number): string {
  return reference > 0 ? `${(value / reference).toFixed(2)} x` : '-';
}

/** How many times as much, and between what that lies: 0.55 x (0.53 to 0.57). */
export function ratio({ median, low, high }: Ratio): string {
  const [least, most] = [low.toFixed(2), high.toFixed(2)];
  return `${median.toFixed(2)} x${least === most ? '' : ` (${least} to ${most})`}`;
}

/** [28, 28, 1] as 28x28x1; an open length as ?. */
export function shape(lengths: readonly (number | null)[]): string {
  return lengths.map((length) => length ?? '?').join('x') || '1';
}
