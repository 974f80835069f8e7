import type { PositiveSolution } from '../linear-algebra/linear-algebra.js';
import { doublePrecision } from '../moments/moments.js';

/** Properties of the data and of the factorisation that qualify a solution. */
export interface SolveDiagnostics {
  /** The rows that were solved on. */
  readonly count: number;
  readonly patchSize: number;
  /**
   * The ridge as given, or as chosen; relative to the variance of each input channel, or to that of all
   * inputs.
   */
  readonly ridge: number;
  /**
   * What the ridge was raised to, relative to each input's own variance, because some inputs follow from
   * others and a smaller one would fit the rounding of the sums; null where it stood as it was. The weights
   * are then, up to that rounding, the smallest of those that fit as well.
   */
  readonly raisedRidge: number | null;
  /** The ridges that `'auto'` compared, from the smallest to the largest; empty for a given ridge. */
  readonly ridgeCandidates: readonly RidgeCandidate[];
  /**
   * The end of the range at which `'auto'` stopped: `'smallest'` where the precision of the sums allows no
   * less, `'largest'` at 1000; null where the best lies inside, or the ridge was given. A better one may lie
   * beyond an end.
   */
  readonly ridgeEdge: 'smallest' | 'largest' | null;
  /**
   * The rounding of the sums, over the variance of the targets: a `relativeMse` below it can't be told from
   * it, and is given as this. It is large where float32 sums meet large weights. Held-out errors of rows have
   * no such limit.
   */
  readonly rounding: number;
  /**
   * The number of inputs whose weights the data decide: `patchSize` less the dead and the dependent ones.
   * From rows it is an upper bound: the inputs that vary, or the rows that don't follow from others,
   * whichever are fewer.
   */
  readonly rank: number;
  /** Inputs that never vary: they get weight 0, or keep the prior's. */
  readonly deadInputs: readonly number[];
  /**
   * Inputs that the earlier ones determine up to the ridge and the rounding of the sums: how they share the
   * weights is the ridge's choice. Not judged under a ridge of a percent of an input's variance or more.
   * Empty from rows, whose products don't tell which inputs these are.
   */
  readonly dependentInputs: readonly number[];
  /** Likely causes of a rank below `patchSize`, in words; empty at full rank. */
  readonly causes: readonly string[];
  /**
   * A lower bound of the condition number of the matrix solved, which is the covariance (scaled to unit
   * variances, where the ridge is relative to each) or the products of rows: the squared ratio of the
   * factor's diagonal.
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
    // A column that repeats k others keeps k + 1 times what the ridge added: that much is the ridge's, not
    // the data's. Where the ridge is not small beside the column itself, the remainder says nothing about
    // dependence.
    const ridgePart = 4 * added[index]! < 0.01 * diagonal[index]! ? 4 * added[index]! : 0;
    if (pivot <= tolerance * diagonal[index]! + ridgePart) dependent.push(inputs[index]!);
    if (skipped[index]) continue;
    smallestPivot = Math.min(smallestPivot, pivot / scales[index]!);
    largestPivot = Math.max(largestPivot, pivot / scales[index]!);
  }
  return { dependent, smallestPivot, largestPivot };
}

/**
 * The share of its own diagonal that rounding may leave of a column that depends on earlier ones: rounding of
 * the factorisation, and of the sums, whose errors are independent, so that the largest eigenvalue of all of
 * them together grows with the square root of the size.
 *
 * @param precision The rounding of the sums.
 */
export function toleranceOf(size: number, precision: number): number {
  return Math.max(16 * size * Number.EPSILON, 4 * Math.sqrt(size) * precision);
}

/**
 * The least ridge, relative to each input's own variance, under which inputs that follow from others are told
 * from the rounding of the sums: the largest eigenvalue of all roundings together.
 *
 * @param precision The rounding of the sums.
 */
export function leastRidgeOf(size: number, precision: number): number {
  return Math.max(16 * size * Number.EPSILON, Math.sqrt(size) * precision);
}

/** The tolerance of a factorisation under {@link leastRidgeOf}, which leaves every column more than this. */
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

/** The likely reasons for a covariance without full rank, the most telling first. */
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
 * Whether an input's variance is more than rounding could leave of a constant: rounding of its mean in
 * float64 sums, and of values of the given precision.
 */
export function varies(variance: number, mean: number, precision = doublePrecision): boolean {
  const rounding = Math.max(8 * Number.EPSILON, 4 * precision) * mean;
  return variance > rounding * rounding;
}

/** The indices of the inputs that never vary, by the variance and the mean of each. */
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
