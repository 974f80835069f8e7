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
import { type Moments, trace } from '../moments/moments.js';
import { biasFor } from './bias-for.js';
import { type ChannelCoupling, couplingGroups } from './channel-coupling.js';
import { chooseRidge, ridgeToStartFrom } from './choose-ridge.js';
import { deadInputsOf, varies } from './dead-inputs.js';
import { type AffineMap, measureRelativeMse } from './relative-mse.js';
import {
  requireFinite,
  requireHeldOut,
  requirePrior,
  requireRows,
  requireSameSizes,
} from './require-solvable.js';
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
   * Added to the diagonal of the input covariance, relative to its mean diagonal; or `'auto'`: the best on
   * `heldOut`. Default 1e-6.
   */
  readonly ridge?: number | 'auto';
  /** Default `'full'`. */
  readonly channelCoupling?: ChannelCoupling;
  /** Input channels of the patch [...kernelSize, inChannels]; needed for `'independent'` alone. */
  readonly inChannels?: number;
  /**
   * Weights to start from: the ridge then pulls towards them instead of towards zero, so that a large one keeps them.
   * Default none.
   */
  readonly prior?: AffineMap;
  /** Moments of rows that are not solved on: needed for ridge `'auto'`, and for the held-out error. */
  readonly heldOut?: Moments;
}

/** The MSE-optimal affine map, its error, and what the solver saw. */
export interface AffineSolution extends AffineMap {
  /** On the moments solved on: 0 is exact, 1 is no better than predicting the mean. */
  readonly relativeMse: number;
  /** On `heldOut`; absent without it. */
  readonly heldOutRelativeMse?: number;
  readonly diagnostics: SolveDiagnostics;
}

/**
 * The affine map `z = p kernel + bias` of least mean square error:
 * `kernel^T = C_zp (C_pp + lambda I)^-1`, `bias = mean(z) - mean(p) kernel`, `lambda = ridge trace(C_pp) / patchSize`.
 *
 * In float64, by Cholesky. Inputs that never vary get weight 0, or keep the prior's; a covariance without full rank gives a finite
 * least-squares solution and says so in `diagnostics`. With a `prior`, what the prior leaves is solved for and added.
 *
 * Source: docs/math.md, section 1, equations 1 to 4.
 *
 * @returns kernel [patchSize, outFeatures], bias [outFeatures]
 * @throws SAMPLES_TOO_FEW when the moments hold no rows.
 * @throws VALUE_NOT_FINITE when the moments or the prior hold NaN or Infinity.
 * @throws SHAPE_MISMATCH when the prior's kernel is not [patchSize, outFeatures], or `heldOut` is of another size.
 * @throws ARGUMENT_INVALID for a ridge below 0, or `'auto'` without `heldOut`.
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
 */
export async function solveAffineWith(
  linearAlgebra: LinearAlgebra,
  moments: Moments,
  options: SolveOptions = {},
): Promise<AffineSolution> {
  return computeWith(linearAlgebra, affineSolution(moments, options));
}

function* affineSolution(moments: Moments, options: SolveOptions): Computation<AffineSolution> {
  const { ridge = 1e-6, channelCoupling = 'full', inChannels, heldOut, prior } = options;
  const patchSize = moments.inputMean.data.length;
  requireSolvable(moments, prior, heldOut);
  const groups = couplingGroups(channelCoupling, patchSize, inChannels);
  if (ridge === 'auto') requireHeldOut(heldOut?.count);
  else requireRidge(ridge);
  const rightSide = prior ? yield* residualCovariance(moments, prior) : moments.crossCovariance;
  const systems = groups.map((group) => systemOf(moments, rightSide, group));
  if (ridge !== 'auto') {
    return yield* complete(moments, yield* solveWithRidge(moments, systems, prior, ridge), [], heldOut);
  }
  const { best, candidates } = yield* chooseRidge(
    ridgeToStartFrom(patchSize, moments.count),
    function* (value) {
      const attempt = yield* solveWithRidge(moments, systems, prior, value);
      return { ...attempt, heldOutRelativeMse: yield* measureRelativeMse(heldOut!, attempt) };
    },
  );
  return yield* complete(moments, best, candidates, heldOut);
}

/** Inputs that are solved for together. */
interface System {
  /** Those that vary, of the whole patch. */
  readonly inputs: readonly number[];
  /** [size, size]: their covariance, of which at least the lower triangle is set; each ridge sets the diagonal anew. */
  readonly matrix: Float64Array;
  /** [size], without ridge. */
  readonly diagonal: Float64Array;
  /** [outFeatures, size]: of the targets, or of what the prior leaves of them. */
  readonly rightSides: Float64Array;
}

function systemOf(moments: Moments, rightSide: NdArray, group: readonly number[]): System {
  const { inputMean, inputCovariance } = moments;
  const patchSize = inputMean.data.length;
  const diagonalOf = (input: number) => inputCovariance.data[input * patchSize + input]!;
  const inputs = group.filter((input) => varies(diagonalOf(input), inputMean.data[input]!));
  const diagonal = Float64Array.from(inputs, diagonalOf);
  // A group runs in the order of the patch, so that one of every input is the patch itself.
  if (inputs.length === patchSize) {
    return { inputs, matrix: inputCovariance.data.slice(), diagonal, rightSides: rightSide.data };
  }
  return {
    inputs,
    matrix: lowerTriangleOf(inputCovariance.data, patchSize, inputs),
    diagonal,
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
  const lambda = patchSize > 0 ? (ridge * trace(moments.inputCovariance)) / patchSize : 0;
  const kernel = prior ? prior.kernel.data.slice() : new Float64Array(patchSize * outFeatures);
  const summaries: FactorSummary[] = [];
  for (const { inputs, matrix, diagonal, rightSides } of systems) {
    const size = inputs.length;
    if (size === 0) continue;
    const tolerance = toleranceOf(size);
    for (let index = 0; index < size; index++) matrix[index * size + index] = diagonal[index]! + lambda;
    const solved = yield* solvePositive(matrix, size, rightSides, tolerance);
    for (let index = 0; index < size; index++) {
      const start = inputs[index]! * outFeatures;
      for (let feature = 0; feature < outFeatures; feature++) {
        kernel[start + feature]! += solved.solution[feature * size + index]!;
      }
    }
    summaries.push(summarizeFactor(solved, diagonal, lambda, tolerance, inputs));
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
  attempt: Attempt,
  ridgeCandidates: SolveDiagnostics['ridgeCandidates'],
  heldOut: Moments | undefined,
): Computation<AffineSolution> {
  const { kernel, bias, ridge, summaries } = attempt;
  const { count, inputMean, inputCovariance } = moments;
  const patchSize = inputMean.data.length;
  const deadInputs = deadInputsOf(
    Float64Array.from(inputMean.data, (_, input) => inputCovariance.data[input * (patchSize + 1)]!),
    inputMean.data,
  );
  const dependentInputs = summaries.flatMap(({ dependent }) => dependent);
  return {
    kernel,
    bias,
    relativeMse: yield* measureRelativeMse(moments, attempt),
    ...(heldOut && heldOut.count > 0
      ? { heldOutRelativeMse: yield* measureRelativeMse(heldOut, attempt) }
      : {}),
    diagnostics: {
      count,
      patchSize,
      ridge,
      ridgeCandidates,
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

function requireSolvable(moments: Moments, prior: AffineMap | undefined, heldOut: Moments | undefined): void {
  const sizesOf = ({ inputMean, targetMean }: Moments) =>
    [inputMean.data.length, targetMean.data.length] as const;
  requireRows(moments.count);
  requirePrior(prior, ...sizesOf(moments));
  const { count, ...parts } = moments;
  requireFinite('the moments', parts);
  if (!heldOut) return;
  requireSameSizes(sizesOf(heldOut), sizesOf(moments));
  const { count: heldOutCount, ...heldOutParts } = heldOut;
  requireFinite('heldOut', heldOutParts);
}

function requireRidge(ridge: number): void {
  if (ridge >= 0 && Number.isFinite(ridge)) return;
  throw new FuseInitError(
    'ARGUMENT_INVALID',
    `ridge is ${ridge}: a number from 0, relative to the mean diagonal of the covariance, or 'auto' was expected.`,
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
