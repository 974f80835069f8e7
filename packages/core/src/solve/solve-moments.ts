import { type NdArray, transpose } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import { type Computation, multiplyTransposed, solvePositive } from '../linear-algebra/computation.js';
import { type Moments, precisionOf, trace } from '../moments/moments.js';
import { type AffineMap, measureMoments, squareRoundingOf } from './affine-error.js';
import {
  biasFor,
  type ChannelCoupling,
  type CompletedSolution,
  heldOutOf,
  type LeastSquares,
  measureHeldOut,
  type SolveOptions,
} from './least-squares.js';
import { floorOf, ridgeScales } from './ridge.js';
import {
  conditionOf,
  deadInputsOf,
  type FactorSummary,
  leastRidgeOf,
  likelyCauses,
  raisedToleranceOf,
  summarizeFactor,
  toleranceOf,
  varies,
} from './solve-diagnostics.js';

/**
 * Least squares from moments: a system of patchSize by patchSize, or one for each input channel.
 *
 * Source: docs/math.md, section 1.
 *
 * @throws ARGUMENT_INVALID for `'independent'` without a number of channels that divides the patch.
 */
export function* momentsProblem(moments: Moments, options: SolveOptions): Computation<LeastSquares> {
  const { standardize = true, channelCoupling = 'full', inChannels, prior } = options;
  const patchSize = moments.inputMean.data.length;
  const groups = couplingGroups(channelCoupling, patchSize, inChannels);
  const rightSide = prior ? yield* residualCovariance(moments, prior) : moments.crossCovariance;
  const scales = ridgeScales(variancesOf(moments), inChannels, standardize);
  const systems = groups.map((group) => systemOf(moments, rightSide, group, scales));
  const largest = Math.max(1, ...systems.map(({ inputs }) => inputs.length));
  const heldOut = heldOutOf(options);
  return {
    ridgeFloor: floorOf(toleranceOf(largest, precisionOf(moments))),
    *solve(ridge) {
      const solved = yield* solveAboveRounding(moments, systems, prior, ridge);
      const { map, summaries } = solved;
      return {
        ridge,
        holdsWithoutRidge:
          moments.count > patchSize && summaries.every(({ dependent }) => dependent.length === 0),
        ...(heldOut && (yield* measureHeldOut(heldOut, map))),
        complete: () => completed(moments, solved),
      };
    },
  };
}

/** The map for one ridge, and a summary of each system's factorisation. */
interface SolvedSystems {
  readonly map: AffineMap;
  readonly summaries: readonly FactorSummary[];
}

/** The solved systems, and the ridge relative to each input's own variance if it was raised, else null. */
interface RaisedSystems extends SolvedSystems {
  readonly raisedRidge: number | null;
}

/**
 * The largest uncertainty of the error due to rounding, as a share of the targets' variance, before a ridge
 * counts as too small.
 */
const largestRounding = 1e-3;

/**
 * The map for one ridge. Where inputs depend on others, or weights grow until they are determined by the
 * rounding of the sums, the ridge is raised to at least that rounding, so that the weights are the smallest
 * of those that fit.
 *
 * Source: docs/math.md, section 1.
 */
function* solveAboveRounding(
  moments: Moments,
  systems: readonly System[],
  prior: AffineMap | undefined,
  ridge: number,
): Computation<RaisedSystems> {
  const solved = yield* solveSystems(moments, systems, prior, ridge);
  const largest = Math.max(0, ...systems.map(({ inputs }) => inputs.length));
  const raisedRidge = leastRidgeOf(largest, precisionOf(moments));
  const isDecided =
    ridge >= raisedRidge ||
    (solved.summaries.every(({ dependent }) => dependent.length === 0) &&
      squareRoundingOf(moments, solved.map) <= largestRounding * trace(moments.targetCovariance));
  if (isDecided) return { ...solved, raisedRidge: null };
  const { map, summaries } = yield* solveSystems(moments, systems, prior, ridge, raisedRidge);
  return {
    map,
    // Dependent inputs are visible only in the factorisation without the raised ridge.
    summaries: summaries.map((summary, index) => ({
      ...summary,
      dependent: solved.summaries[index]!.dependent,
    })),
    raisedRidge,
  };
}

/** @param raisedRidge The minimum that is added to the diagonal, relative to each input's own variance. */
function* solveSystems(
  moments: Moments,
  systems: readonly System[],
  prior: AffineMap | undefined,
  ridge: number,
  raisedRidge?: number,
): Computation<SolvedSystems> {
  const patchSize = moments.inputMean.data.length;
  const outFeatures = moments.targetMean.data.length;
  const kernel = prior ? prior.kernel.data.slice() : new Float64Array(patchSize * outFeatures);
  const summaries: FactorSummary[] = [];
  for (const { inputs, matrix, diagonal, scales, rightSides } of systems) {
    const size = inputs.length;
    if (size === 0) continue;
    const tolerance = toleranceOf(size, precisionOf(moments));
    const added = scales.map((scale, index) =>
      Math.max(ridge * scale, (raisedRidge ?? 0) * diagonal[index]!),
    );
    for (let index = 0; index < size; index++)
      matrix[index * size + index] = diagonal[index]! + added[index]!;
    const solved = yield* solvePositive(
      matrix,
      size,
      rightSides,
      raisedRidge === undefined ? tolerance : raisedToleranceOf(size),
    );
    for (let index = 0; index < size; index++) {
      const start = inputs[index]! * outFeatures;
      for (let feature = 0; feature < outFeatures; feature++) {
        kernel[start + feature]! += solved.solution[feature * size + index]!;
      }
    }
    summaries.push(summarizeFactor(solved, diagonal, added, scales, tolerance, inputs));
  }
  const map = {
    kernel: { shape: [patchSize, outFeatures], data: kernel },
    bias: biasFor(kernel, moments.inputMean.data, moments.targetMean.data),
  };
  return { map, summaries };
}

function* completed(
  moments: Moments,
  { map, summaries, raisedRidge }: RaisedSystems,
): Computation<CompletedSolution> {
  const { count, inputMean } = moments;
  const patchSize = inputMean.data.length;
  const deadInputs = deadInputsOf(variancesOf(moments), inputMean.data, precisionOf(moments));
  const { relativeMse, rounding } = yield* measureMoments(moments, map);
  const dependentInputs = summaries.flatMap(({ dependent }) => dependent);
  return {
    ...map,
    relativeMse,
    diagnostics: {
      count,
      patchSize,
      raisedRidge,
      rounding,
      rank: patchSize - deadInputs.length - dependentInputs.length,
      deadInputs,
      dependentInputs,
      causes: likelyCauses(count, patchSize, deadInputs, dependentInputs),
      conditionEstimate: conditionOf(summaries),
    },
  };
}

/**
 * The inputs that are solved for together: one group, or one for each input channel.
 *
 * @throws ARGUMENT_INVALID when `'independent'` is given without a number of channels that divides the patch.
 */
export function couplingGroups(
  coupling: ChannelCoupling,
  patchSize: number,
  inChannels: number | undefined,
): readonly (readonly number[])[] {
  if (coupling === 'full') return [Array.from({ length: patchSize }, (_, index) => index)];
  if (coupling !== 'independent') {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `channelCoupling is ${JSON.stringify(coupling)}: 'full' or 'independent' was expected.`,
    );
  }
  if (
    inChannels === undefined ||
    !Number.isInteger(inChannels) ||
    inChannels < 1 ||
    patchSize % inChannels !== 0
  ) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `channelCoupling 'independent' needs inChannels, a divisor of the patch size ${patchSize}; ${inChannels} came.`,
    );
  }
  const positions = patchSize / inChannels;
  return Array.from({ length: inChannels }, (_, channel) =>
    Array.from({ length: positions }, (_, position) => position * inChannels + channel),
  );
}

/** The linear system of a group of inputs that are solved for together. */
interface System {
  /** The indices in the patch of the inputs that vary. */
  readonly inputs: readonly number[];
  /**
   * [size, size]: the covariance of the inputs, at least its lower triangle; the diagonal is set again for
   * each ridge.
   */
  readonly matrix: Float64Array;
  /** [size]: the diagonal without ridge. */
  readonly diagonal: Float64Array;
  /** [size]: the variance that the ridge is relative to, for each input. */
  readonly scales: Float64Array;
  /**
   * [outFeatures, size]: the covariance of the inputs with the targets, or with the part of them that the
   * prior doesn't explain.
   */
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
  // The inputs of a group are in the order of the patch, so a group of all inputs is the patch itself.
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

/** The covariance of the inputs with the residual of a map: `C_zp - kernel^T C_pp`. */
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

/** [patchSize]: the diagonal of the input covariance. */
function variancesOf({ inputCovariance }: Moments): Float64Array {
  const patchSize = inputCovariance.shape[0]!;
  return Float64Array.from(
    { length: patchSize },
    (_, input) => inputCovariance.data[input * (patchSize + 1)]!,
  );
}

/**
 * The submatrix of a symmetric matrix [width, width] for the given inputs: [size, size], zero above the
 * diagonal.
 */
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

/** The given columns of a matrix [rows, width]: [rows, size]. */
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
