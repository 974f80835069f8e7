import type { PositiveSolution } from '../linear-algebra/linear-algebra.js';

/** What the solver saw: data for a report, not log lines. */
export interface SolveDiagnostics {
  /** Rows that the moments were gathered from. */
  readonly count: number;
  readonly patchSize: number;
  /** Relative to the variance of each input, or of the mean input: as given, or as chosen. */
  readonly ridge: number;
  /** What `'auto'` compared, from the smallest ridge to the largest; empty for a given ridge. */
  readonly ridgeCandidates: readonly RidgeCandidate[];
  /**
   * At which end of its range `'auto'` stopped: `'smallest'` where the precision of the sums allows no less, `'largest'`
   * at 1000; null where the best lies inside, or the ridge was given. A better one may lie beyond.
   */
  readonly ridgeEdge: 'smallest' | 'largest' | null;
  /**
   * Rounding of the sums, over the variance of the targets: a smaller `relativeMse` than this can't be told from it, and is
   * given as this. Large where float32 sums meet large weights. Held-out errors of rows have no such limit.
   */
  readonly rounding: number;
  /**
   * Inputs whose weights the data decide: `patchSize` less the dead and the dependent ones. Solved by rows, an upper
   * bound: no more than the inputs that vary, nor than the rows that don't follow from others.
   */
  readonly rank: number;
  /** Inputs that never vary: they get weight 0, or keep the prior's. */
  readonly deadInputs: readonly number[];
  /**
   * Inputs that the earlier ones determine up to the ridge and the rounding of the sums: their share of the weights is
   * the ridge's choice, and at ridge 0 their weight is 0. Not judged under a ridge of a percent of an input's variance or
   * more. Solved by rows, empty: products of rows don't tell which inputs these are.
   */
  readonly dependentInputs: readonly number[];
  /** Likely causes of a rank below `patchSize`, in words; empty at full rank. */
  readonly causes: readonly string[];
  /**
   * Lower bound of the condition number of the matrix solved, of the covariance (scaled to unit variances, where the ridge
   * is relative to each) or of the products of rows: squared ratio of the factor's diagonal.
   */
  readonly conditionEstimate: number;
}

/** A ridge that was tried, and its error on the moments that were not solved on. */
export interface RidgeCandidate {
  readonly ridge: number;
  readonly heldOutRelativeMse: number;
}

/** How the inputs of one factorisation fared; `inputs` names them in the whole patch. */
export interface FactorSummary {
  readonly dependent: readonly number[];
  readonly smallestPivot: number;
  readonly largestPivot: number;
}

/**
 * @param diagonal Of the matrix without the ridge.
 * @param added What the ridge added to each element of it.
 * @param scales What each pivot is divided by, to be compared with others.
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
    // A column that repeats k others keeps k + 1 times what the ridge added: that much is the ridge's, not the data's.
    // Where that is no longer small beside the column itself, what is left tells nothing of dependence.
    const ofRidge = 4 * added[index]! < 0.01 * diagonal[index]! ? 4 * added[index]! : 0;
    if (pivot <= tolerance * diagonal[index]! + ofRidge) dependent.push(inputs[index]!);
    if (skipped[index]) continue;
    smallestPivot = Math.min(smallestPivot, pivot / scales[index]!);
    largestPivot = Math.max(largestPivot, pivot / scales[index]!);
  }
  return { dependent, smallestPivot, largestPivot };
}

/**
 * The share of its own diagonal that rounding may leave of a column that depends on earlier ones: rounding of the
 * factorisation, and of the sums, whose errors are independent, so that the largest eigenvalue of all of them together
 * grows with the square root of the size.
 *
 * @param precision Of the sums.
 */
export function toleranceOf(size: number, precision: number): number {
  return Math.max(16 * size * Number.EPSILON, 4 * Math.sqrt(size) * precision);
}

/** The squared ratio of the largest diagonal element of the factors to the smallest; 1 where nothing was factored. */
export function conditionOf(summaries: readonly FactorSummary[]): number {
  const smallest = Math.min(...summaries.map(({ smallestPivot }) => smallestPivot));
  const largest = Math.max(...summaries.map(({ largestPivot }) => largestPivot));
  return largest > 0 ? largest / smallest : 1;
}

/** Why the covariance may have less than full rank, most telling first. */
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
