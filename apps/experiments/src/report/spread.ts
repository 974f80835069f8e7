import { mean, sampleStandardDeviation } from 'simple-statistics';

/** What a number comes to over seeds. */
export interface Spread {
  readonly mean: number;
  /** With `count - 1` in its denominator; undefined for a single seed, which doesn't spread. */
  readonly deviation: number | undefined;
  readonly count: number;
}

/** @returns Undefined of nothing. */
export function spread(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  return {
    mean: mean([...values]),
    deviation: values.length > 1 ? sampleStandardDeviation([...values]) : undefined,
    count: values.length,
  };
}
