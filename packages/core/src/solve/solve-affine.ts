import { rowCount } from '../array/matrix.js';
import type { NdArray } from '../array/nd-array.js';
import { transpose } from '../array/transpose.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import {
  type Computation,
  compute,
  computeWith,
  multiplyTransposed,
  solvePositive,
} from '../linear-algebra/computation.js';
import type { LinearAlgebra } from '../linear-algebra/linear-algebra.js';
import { type Moments, precisionOf } from '../moments/moments.js';
import { biasFor } from './bias-for.js';
import type { CalibrationRows } from './calibration-rows.js';
import { type ChannelCoupling, couplingGroups } from './channel-coupling.js';
import { chooseRidge, floorOf, type RidgeChoice } from './choose-ridge.js';
import { deadInputsOf, varies } from './dead-inputs.js';
import { type AffineMap, measureMoments } from './relative-mse.js';
import { type HeldOutError, heldOutErrorOf, measureRows } from './relative-mse-of-rows.js';
import {
  requireFinite,
  requireHeldOut,
  requireHeldOutRows,
  requirePrior,
  requireRows,
  requireSameSizes,
} from './require-solvable.js';
import { ridgeScales } from './ridge-scales.js';
import {
  conditionOf,
  type FactorSummary,
  likelyCauses,
  type SolveDiagnostics,
  summarizeFactor,
  toleranceOf,
} from './solve-diagnostics.js';

export interface SolveOptions {
  /**
   * Added to the diagonal of the input covariance, relative to the variance of each input's channel; or `'auto'`: the best on `heldOut` of
   * the powers of ten from what the precision of the moments allows to 1000, and 0 where it allows that. Default 1e-6.
   */
  readonly ridge?: number | 'auto';
  /**
   * Whether the ridge is relative to the variance of each input channel, so that units make no difference (the default),
   * or to the mean variance of all inputs.
   */
  readonly standardize?: boolean;
  /** Default `'full'`. */
  readonly channelCoupling?: ChannelCoupling;
  /**
   * Input channels of the patch [...positions, inChannels]: needed for `'independent'`, and what inputs share their units
   * by. Default one for each input.
   */
  readonly inChannels?: number;
  /**
   * Weights to start from: the ridge then pulls towards them instead of towards zero, so that a large one keeps them.
   * Default none.
   */
  readonly prior?: AffineMap;
  /**
   * Rows that are not solved on, or their moments: needed for ridge `'auto'`, and for the held-out error. Rows give it to
   * the last digit and with its standard error; moments only down to their own rounding.
   */
  readonly heldOut?: CalibrationRows | Moments;
}

/** The MSE-optimal affine map, its error, and what the solver saw. */
export interface AffineSolution extends AffineMap {
  /** On the moments solved on: 0 is exact, 1 is no better than predicting the mean. Never below `diagnostics.rounding`. */
  readonly relativeMse: number;
  /** On `heldOut`; absent without it. */
  readonly heldOutRelativeMse?: number;
  /** Standard error of `heldOutRelativeMse` over the samples held out; absent without rows of two of them. */
  readonly heldOutStandardError?: number;
  readonly diagnostics: SolveDiagnostics;
}

/**
 * The affine map `z = p kernel + bias` of least mean square error:
 * `kernel^T = C_zp (C_pp + ridge V)^-1`, `bias = mean(z) - mean(p) kernel`, with V the variances of the input channels.
 *
 * In float64, by Cholesky. Inputs that never vary get weight 0, or keep the prior's; a covariance without full rank gives a
 * finite least-squares solution and says so in `diagnostics`. With a `prior`, what the prior leaves is solved for and added.
 *
 * Source: docs/math.md, section 1, equations 1 to 4.
 *
 * @returns kernel [patchSize, outFeatures], bias [outFeatures]
 * @throws SAMPLES_TOO_FEW when the moments hold no rows.
 * @throws VALUE_NOT_FINITE when the moments or the prior hold NaN or Infinity.
 * @throws SHAPE_MISMATCH when the prior's kernel is not [patchSize, outFeatures], or `heldOut` is of another size.
 * @throws ARGUMENT_INVALID for a ridge below 0, or `'auto'` without `heldOut`.
 * @throws PRECISION_TOO_LOW for moments that no rows have, by which more is explained than there is.
 */
export function solveAffine(moments: Moments, options: SolveOptions = {}): AffineSolution {
  return compute(affineSolution(moments, options));
}

/**
 * {@link solveAffine} with its factorisations and products by the linear algebra given: the same options, errors and
 * diagnostics, and the same solution up to rounding. The moments are not changed.
 *
 * Source: docs/math.md, section 1, equations 1 to 4.
 *
 * @returns kernel [patchSize, outFeatures], bias [outFeatures]
 * @throws SAMPLES_TOO_FEW when the moments hold no rows.
 * @throws VALUE_NOT_FINITE when the moments or the prior hold NaN or Infinity.
 * @throws SHAPE_MISMATCH when the prior's kernel is not [patchSize, outFeatures], or `heldOut` is of another size.
 * @throws ARGUMENT_INVALID for a ridge below 0, or `'auto'` without `heldOut`.
 * @throws PRECISION_TOO_LOW for moments that no rows have, by which more is explained than there is.
 */
export async function solveAffineWith(
  linearAlgebra: LinearAlgebra,
  moments: Moments,
  options: SolveOptions = {},
): Promise<AffineSolution> {
  return computeWith(linearAlgebra, affineSolution(moments, options));
}

function* affineSolution(moments: Moments, options: SolveOptions): Computation<AffineSolution> {
  const { ridge = 1e-6, standardize = true, channelCoupling = 'full', inChannels, heldOut, prior } = options;
  const patchSize = moments.inputMean.data.length;
  requireSolvable(moments, prior, heldOut);
  const groups = couplingGroups(channelCoupling, patchSize, inChannels);
  if (ridge === 'auto') requireHeldOut(heldOut && countOf(heldOut));
  else requireRidge(ridge);
  const rightSide = prior ? yield* residualCovariance(moments, prior) : moments.crossCovariance;
  const variances = Float64Array.from(
    { length: patchSize },
    (_, input) => moments.inputCovariance.data[input * (patchSize + 1)]!,
  );
  const scales = ridgeScales(variances, inChannels, standardize);
  const systems = groups.map((group) => systemOf(moments, rightSide, group, scales));
  const measured = heldOut && countOf(heldOut) > 0 ? heldOut : undefined;
  if (ridge !== 'auto') {
    const attempt = yield* solveWithRidge(moments, systems, prior, ridge);
    const error = measured && (yield* measureHeldOut(measured, attempt));
    return yield* complete(moments, { ...attempt, ...error }, { candidates: [], edge: null });
  }
  const largest = Math.max(1, ...systems.map(({ inputs }) => inputs.length));
  const { best, ...choice } = yield* chooseRidge(
    floorOf(toleranceOf(largest, precisionOf(moments))),
    function* (value) {
      const attempt = yield* solveWithRidge(moments, systems, prior, value);
      return {
        ...attempt,
        ...(yield* measureHeldOut(measured!, attempt)),
        holdsWithoutRidge:
          moments.count > patchSize && attempt.summaries.every(({ dependent }) => dependent.length === 0),
      };
    },
  );
  return yield* complete(moments, best, choice);
}

function* measureHeldOut(heldOut: CalibrationRows | Moments, map: AffineMap): Computation<HeldOutError> {
  if (!isRows(heldOut)) return { heldOutRelativeMse: (yield* measureMoments(heldOut, map)).relativeMse };
  return heldOutErrorOf(yield* measureRows(heldOut, map));
}

function isRows(heldOut: CalibrationRows | Moments): heldOut is CalibrationRows {
  return 'inputs' in heldOut;
}

function countOf(heldOut: CalibrationRows | Moments): number {
  return isRows(heldOut) ? rowCount(heldOut.inputs) : heldOut.count;
}

/** Inputs that are solved for together. */
interface System {
  /** Those that vary, of the whole patch. */
  readonly inputs: readonly number[];
  /** [size, size]: their covariance, of which at least the lower triangle is set; each ridge sets the diagonal anew. */
  readonly matrix: Float64Array;
  /** [size], without ridge. */
  readonly diagonal: Float64Array;
  /** [size]: what the ridge is relative to, for each input. */
  readonly scales: Float64Array;
  /** [outFeatures, size]: of the targets, or of what the prior leaves of them. */
  readonly rightSides: Float64Array;
}

function systemOf(
  moments: Moments,
  rightSide: NdArray,
  group: readonly number[],
  ridgeScale: Float64Array,
): System {
  const { inputMean, inputCovariance } = moments;
  const patchSize = inputMean.data.length;
  const precision = precisionOf(moments);
  const diagonalOf = (input: number) => inputCovariance.data[input * patchSize + input]!;
  const inputs = group.filter((input) => varies(diagonalOf(input), inputMean.data[input]!, precision));
  const diagonal = Float64Array.from(inputs, diagonalOf);
  const scales = Float64Array.from(inputs, (input) => ridgeScale[input]!);
  // A group runs in the order of the patch, so that one of every input is the patch itself.
  if (inputs.length === patchSize) {
    return { inputs, matrix: inputCovariance.data.slice(), diagonal, scales, rightSides: rightSide.data };
  }
  return {
    inputs,
    matrix: lowerTriangleOf(inputCovariance.data, patchSize, inputs),
    diagonal,
    scales,
    rightSides: columnsOf(rightSide, inputs),
  };
}

interface Attempt extends AffineMap {
  readonly ridge: number;
  readonly summaries: readonly FactorSummary[];
}

function* solveWithRidge(
  moments: Moments,
  systems: readonly System[],
  prior: AffineMap | undefined,
  ridge: number,
): Computation<Attempt> {
  const patchSize = moments.inputMean.data.length;
  const outFeatures = moments.targetMean.data.length;
  const kernel = prior ? prior.kernel.data.slice() : new Float64Array(patchSize * outFeatures);
  const summaries: FactorSummary[] = [];
  for (const { inputs, matrix, diagonal, scales, rightSides } of systems) {
    const size = inputs.length;
    if (size === 0) continue;
    const tolerance = toleranceOf(size, precisionOf(moments));
    const added = scales.map((scale) => ridge * scale);
    for (let index = 0; index < size; index++)
      matrix[index * size + index] = diagonal[index]! + added[index]!;
    const solved = yield* solvePositive(matrix, size, rightSides, tolerance);
    for (let index = 0; index < size; index++) {
      const start = inputs[index]! * outFeatures;
      for (let feature = 0; feature < outFeatures; feature++) {
        kernel[start + feature]! += solved.solution[feature * size + index]!;
      }
    }
    summaries.push(summarizeFactor(solved, diagonal, added, scales, tolerance, inputs));
  }
  return {
    kernel: { shape: [patchSize, outFeatures], data: kernel },
    bias: biasFor(kernel, moments.inputMean.data, moments.targetMean.data),
    ridge,
    summaries,
  };
}

function* complete(
  moments: Moments,
  attempt: Attempt & Partial<HeldOutError>,
  { candidates, edge }: Pick<RidgeChoice<unknown>, 'candidates' | 'edge'>,
): Computation<AffineSolution> {
  const { kernel, bias, ridge, summaries, heldOutRelativeMse, heldOutStandardError } = attempt;
  const { count, inputMean, inputCovariance } = moments;
  const patchSize = inputMean.data.length;
  const deadInputs = deadInputsOf(
    Float64Array.from(inputMean.data, (_, input) => inputCovariance.data[input * (patchSize + 1)]!),
    inputMean.data,
    precisionOf(moments),
  );
  const { relativeMse, rounding } = yield* measureMoments(moments, attempt);
  const dependentInputs = summaries.flatMap(({ dependent }) => dependent);
  return {
    kernel,
    bias,
    relativeMse,
    ...(heldOutRelativeMse !== undefined && { heldOutRelativeMse }),
    ...(heldOutStandardError !== undefined && { heldOutStandardError }),
    diagnostics: {
      count,
      patchSize,
      ridge,
      ridgeCandidates: candidates,
      ridgeEdge: edge,
      rounding,
      rank: patchSize - deadInputs.length - dependentInputs.length,
      deadInputs,
      dependentInputs,
      causes: likelyCauses(count, patchSize, deadInputs, dependentInputs),
      conditionEstimate: conditionOf(summaries),
    },
  };
}

/** Covariance of what a map leaves of the targets with the inputs: `C_zp - kernel^T C_pp`. */
function* residualCovariance(moments: Moments, { kernel }: AffineMap): Computation<NdArray> {
  const { crossCovariance, inputCovariance } = moments;
  const [outFeatures, patchSize] = crossCovariance.shape as [number, number];
  if (patchSize === 0) return crossCovariance;
  const weights = transpose(kernel.data, patchSize, outFeatures);
  const explained = yield* multiplyTransposed(weights, inputCovariance.data, patchSize);
  return {
    shape: crossCovariance.shape,
    data: crossCovariance.data.map((value, index) => value - explained[index]!),
  };
}

function requireSolvable(
  moments: Moments,
  prior: AffineMap | undefined,
  heldOut: CalibrationRows | Moments | undefined,
): void {
  const sizesOf = ({ inputMean, targetMean }: Moments) =>
    [inputMean.data.length, targetMean.data.length] as const;
  requireRows(moments.count);
  requirePrior(prior, ...sizesOf(moments));
  requireFinite('the moments', partsOf(moments));
  if (!heldOut) return;
  if (isRows(heldOut)) requireHeldOutRows(heldOut, sizesOf(moments));
  else {
    requireSameSizes(sizesOf(heldOut), sizesOf(moments));
    requireFinite('heldOut', partsOf(heldOut));
  }
}

function partsOf({ count: _, precision: __, ...parts }: Moments): Omit<Moments, 'count' | 'precision'> {
  return parts;
}

function requireRidge(ridge: number): void {
  if (ridge >= 0 && Number.isFinite(ridge)) return;
  throw new FuseInitError(
    'ARGUMENT_INVALID',
    `ridge is ${ridge}: a number from 0, relative to the variance of an input, or 'auto' was expected.`,
  );
}

/** [inputs, inputs] of a symmetric matrix [width, width]: rows and columns of these inputs, zero above the diagonal. */
function lowerTriangleOf(matrix: Float64Array, width: number, inputs: readonly number[]): Float64Array {
  const size = inputs.length;
  const triangle = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    const start = inputs[row]! * width;
    for (let column = 0; column <= row; column++) {
      triangle[row * size + column] = matrix[start + inputs[column]!]!;
    }
  }
  return triangle;
}

function columnsOf({ shape, data }: NdArray, columns: readonly number[]): Float64Array {
  const [rows, width] = shape as [number, number];
  const picked = new Float64Array(rows * columns.length);
  for (let row = 0; row < rows; row++) {
    for (let index = 0; index < columns.length; index++) {
      picked[row * columns.length + index] = data[row * width + columns[index]!]!;
    }
  }
  return picked;
}
