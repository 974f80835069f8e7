import type { PositiveSolution } from '../linear-algebra/linear-algebra.js';
import { doublePrecision } from '../moments/moments.js';

/** Properties of the data and of the factorisation that qualify a solution. */
export interface SolveDiagnostics {
  /** The number of rows that were solved on. */
  readonly count: number;
  readonly patchSize: number;
  /** The given or chosen ridge, relative to the variance of each input channel, or to that of all inputs. */
  readonly ridge: number;
  /**
   * The value that the ridge was raised to, relative to each input's own variance, because some inputs are
   * linear combinations of others and a smaller ridge would fit the rounding of the sums; null where it was
   * not raised. The weights are then, up to that rounding, the smallest of those that fit equally well.
   */
  readonly raisedRidge: number | null;
  /** The ridges that `'auto'` compared, from the smallest to the largest; empty for a given ridge. */
  readonly ridgeCandidates: readonly RidgeCandidate[];
  /**
   * The end of the range that `'auto'` chose: `'smallest'` where the precision of the sums allows no smaller
   * ridge, `'largest'` at 1000; null where the best is inside the range, or the ridge was given. A better
   * ridge may lie beyond the end.
   */
  readonly ridgeEdge: 'smallest' | 'largest' | null;
  /**
   * The rounding of the sums, divided by the variance of the targets. A `relativeMse` below it can't be
   * distinguished from rounding and is reported as this value. It is large where float32 sums meet large
   * weights. Held-out errors from rows have no such limit.
   */
  readonly rounding: number;
  /**
   * The number of inputs whose weights the data determine: `patchSize` minus the dead and the dependent ones.
   * From rows it is an upper bound: the number of inputs that vary or of linearly independent rows, whichever
   * is smaller.
   */
  readonly rank: number;
  /** The indices of inputs that never vary; they get weight 0, or keep the prior's weight. */
  readonly deadInputs: readonly number[];
  /**
   * The indices of inputs that earlier ones determine, up to the ridge and the rounding of the sums; the
   * ridge decides how they share the weights. They are not detected with a ridge of a percent of an input's
   * variance or more. Empty for rows, whose products don't show which inputs these are.
   */
  readonly dependentInputs: readonly number[];
  /** Descriptions of the likely causes of a rank below `patchSize`; empty at full rank. */
  readonly causes: readonly string[];
  /**
   * A lower bound of the condition number of the solved matrix, which is the covariance (scaled to unit
   * variances where the ridge is relative to each) or the Gram matrix of the rows. It is the squared ratio of
   * the largest to the smallest diagonal element of the factor.
   */
  readonly conditionEstimate: number;
}

/** A ridge that was tried, and its error on the held-out data. */
export interface RidgeCandidate {
  readonly ridge: number;
  readonly heldOutRelativeMse: number;
}

/** The dependent inputs of one factorisation, as indices in the patch, and the range of its pivots. */
export interface FactorSummary {
  readonly dependent: readonly number[];
  readonly smallestPivot: number;
  readonly largestPivot: number;
}

/**
 * Summarizes one factorisation.
 *
 * @param diagonal The diagonal of the matrix without the ridge.
 * @param added The part of the diagonal that the ridge added.
 * @param scales The divisor of each pivot that makes them comparable.
 * @param inputs The index in the patch of each column.
 */
export function summarizeFactor(
  { pivots, skipped }: PositiveSolution,
  diagonal: Float64Array,
  added: Float64Array,
  scales: Float64Array,
  tolerance: number,
  inputs: readonly number[],
): FactorSummary {
  const dependent: number[] = [];
  let smallestPivot = Number.POSITIVE_INFINITY;
  let largestPivot = 0;
  for (let index = 0; index < pivots.length; index++) {
    const pivot = pivots[index]!;
    // A column that repeats k others keeps a pivot of k + 1 times the added ridge, which is due to the ridge
    // and not to the data. Where the ridge is not small compared with the column itself, the pivot says
    // nothing about dependence.
    const ridgePart = 4 * added[index]! < 0.01 * diagonal[index]! ? 4 * added[index]! : 0;
    if (pivot <= tolerance * diagonal[index]! + ridgePart) dependent.push(inputs[index]!);
    if (skipped[index]) continue;
    smallestPivot = Math.min(smallestPivot, pivot / scales[index]!);
    largestPivot = Math.max(largestPivot, pivot / scales[index]!);
  }
  return { dependent, smallestPivot, largestPivot };
}

/**
 * The largest ratio of pivot to diagonal that rounding may leave in a column that depends on earlier ones. It
 * covers the rounding of the factorisation and of the sums, whose errors are independent, so that the largest
 * eigenvalue of the error matrix grows with the square root of the size.
 *
 * @param precision The rounding of the sums.
 */
export function toleranceOf(size: number, precision: number): number {
  return Math.max(16 * size * Number.EPSILON, 4 * Math.sqrt(size) * precision);
}

/**
 * The smallest ridge, relative to each input's own variance, with which dependent inputs can be distinguished
 * from the rounding of the sums: the largest eigenvalue of the rounding errors.
 *
 * @param precision The rounding of the sums.
 */
export function leastRidgeOf(size: number, precision: number): number {
  return Math.max(16 * size * Number.EPSILON, Math.sqrt(size) * precision);
}

/** The tolerance of a factorisation with {@link leastRidgeOf}, with which every pivot exceeds it. */
export function raisedToleranceOf(size: number): number {
  return size * Number.EPSILON;
}

/**
 * The squared ratio of the largest diagonal element of the factors to the smallest; 1 where nothing was
 * factored.
 */
export function conditionOf(summaries: readonly FactorSummary[]): number {
  const smallest = Math.min(...summaries.map(({ smallestPivot }) => smallestPivot));
  const largest = Math.max(...summaries.map(({ largestPivot }) => largestPivot));
  return largest > 0 ? largest / smallest : 1;
}

/** The likely causes of a rank-deficient covariance, the most informative first. */
export function likelyCauses(
  count: number,
  patchSize: number,
  dead: readonly number[],
  dependent: readonly number[],
): string[] {
  const causes: string[] = [];
  if (count - 1 < patchSize) {
    causes.push(
      `${count} rows can't determine ${patchSize} inputs: at least ${patchSize + 1} rows would do.`,
    );
  }
  if (dead.length > 0) {
    causes.push(
      `${dead.length} inputs never vary: a constant channel, a dead relu, or a position always padded.`,
    );
  }
  if (dependent.length > 0 && count - 1 >= patchSize) {
    causes.push(
      `${dependent.length} inputs follow from others up to the ridge and rounding: duplicate channels, an earlier layer with fewer channels than this one reads, or smooth data under a large kernel.`,
    );
  }
  return causes;
}

/**
 * Whether an input's variance exceeds the rounding error of a constant input: that of its mean in float64
 * sums, and of values of the given precision.
 */
export function varies(variance: number, mean: number, precision = doublePrecision): boolean {
  const rounding = Math.max(8 * Number.EPSILON, 4 * precision) * mean;
  return variance > rounding * rounding;
}

/** The indices of the inputs that never vary, from the variance and the mean of each. */
export function deadInputsOf(
  variances: Float64Array,
  means: Float64Array,
  precision = doublePrecision,
): number[] {
  const dead: number[] = [];
  for (let input = 0; input < variances.length; input++) {
    if (!varies(variances[input]!, means[input]!, precision)) dead.push(input);
  }
  return dead;
}
