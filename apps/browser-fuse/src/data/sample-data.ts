import type { SampleSet } from '../protocol.js';

/** Samples to solve on, samples to compare on, and what is known of them. */
export interface SampleData {
  readonly calibration: SampleSet;
  readonly test: SampleSet;
  /** Names of the classes, where they are known. */
  readonly classNames: readonly string[] | null;
  /** Where they are from, in words. */
  readonly origin: string;
  /** In words, how they were understood: what is stored, what it became, the range of the numbers. */
  readonly read: string;
  /** What of that contradicts the network. */
  readonly readWarnings: readonly string[];
}

/** Number of samples of a set. */
export function countOf({ shape }: SampleSet): number {
  return shape[0] ?? 0;
}

/** The samples for a model whose classes are others. */
export function withoutLabels({ calibration, test, ...known }: SampleData): SampleData {
  return {
    calibration: { ...calibration, labels: null },
    test: { ...test, labels: null },
    ...known,
    classNames: null,
  };
}

/**
 * Four fifths to solve on, one fifth to compare on. A single sample is both.
 */
export function splitSamples(
  values: Float32Array<ArrayBuffer>,
  shape: readonly number[],
): Pick<SampleData, 'calibration' | 'test'> {
  const [count = 0, ...sample] = shape;
  const size = sample.reduce((product, length) => product * length, 1);
  const testCount = Math.max(1, Math.floor(count / 5));
  const calibrationCount = Math.max(1, count - testCount);
  const part = (start: number, end: number): SampleSet => ({
    values: values.slice(start * size, end * size),
    shape: [end - start, ...sample],
    labels: null,
  });
  return { calibration: part(0, calibrationCount), test: part(count - testCount, count) };
}
