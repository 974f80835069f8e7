import type { SampleSet } from '../protocol.js';

/** The samples to solve on and to compare on, with their description. */
export interface SampleData {
  readonly calibration: SampleSet;
  readonly test: SampleSet;
  /** The names of the classes, if they are known. */
  readonly classNames: readonly string[] | null;
  /** A description of the samples' origin. */
  readonly origin: string;
  /**
   * A description of how the samples were interpreted: the stored type, the conversion, and the range of the
   * numbers.
   */
  readonly read: string;
  /** Warnings about numbers that contradict the network. */
  readonly readWarnings: readonly string[];
}

/** Number of samples of a set. */
export function countOf({ shape }: SampleSet): number {
  return shape[0] ?? 0;
}

/** The samples without labels, for a model with other classes. */
export function withoutLabels({ calibration, test, ...known }: SampleData): SampleData {
  return {
    calibration: { ...calibration, labels: null },
    test: { ...test, labels: null },
    ...known,
    classNames: null,
  };
}

/**
 * Splits samples into four fifths to solve on and one fifth to compare on. A single sample is used for both.
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
