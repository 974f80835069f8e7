import type { NdArray } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import { type Moments, trace } from '../moments/moments.js';
import { type ChannelCoupling, couplingGroups } from './channel-coupling.js';
import { cholesky, solveCholesky } from './cholesky.js';
import { chooseRidge, ridgeToStartFrom } from './choose-ridge.js';
import { type AffineMap, relativeMse } from './relative-mse.js';
import {
  type FactorSummary,
  likelyCauses,
  type SolveDiagnostics,
  summarizeFactor,
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
  const { ridge = 1e-6, channelCoupling = 'full', inChannels, heldOut, prior } = options;
  requireSolvable(moments, prior);
  if (heldOut) requireComparable(heldOut, moments);
  const system: System = {
    moments,
    groups: couplingGroups(channelCoupling, moments.inputMean.data.length, inChannels),
    prior,
    rightSide: prior ? residualCovariance(moments, prior) : moments.crossCovariance,
  };
  if (ridge === 'auto') {
    if (!heldOut || heldOut.count === 0) {
      throw new FuseInitError(
        'ARGUMENT_INVALID',
        "ridge 'auto' compares on rows that were not solved on: give their moments as heldOut, or a number as ridge.",
      );
    }
    const { best, candidates } = chooseRidge(
      ridgeToStartFrom(moments.inputMean.data.length, moments.count),
      (value) => {
        const attempt = solveWithRidge(system, value);
        return { ...attempt, heldOutRelativeMse: relativeMse(heldOut, attempt) };
      },
    );
    return complete(moments, best, candidates, heldOut);
  }
  if (!(ridge >= 0) || !Number.isFinite(ridge)) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `ridge is ${ridge}: a number from 0, relative to the mean diagonal of the covariance, or 'auto' was expected.`,
    );
  }
  return complete(moments, solveWithRidge(system, ridge), [], heldOut);
}

interface Attempt extends AffineMap {
  readonly ridge: number;
  readonly summaries: readonly FactorSummary[];
}

interface System {
  readonly moments: Moments;
  readonly groups: readonly (readonly number[])[];
  readonly prior: AffineMap | undefined;
  /** [outFeatures, patchSize]: of the targets, or of what the prior leaves of them. */
  readonly rightSide: NdArray;
}

function solveWithRidge({ moments, groups, prior, rightSide }: System, ridge: number): Attempt {
  const patchSize = moments.inputMean.data.length;
  const outFeatures = moments.targetMean.data.length;
  const lambda = patchSize > 0 ? (ridge * trace(moments.inputCovariance)) / patchSize : 0;
  const kernel = prior ? prior.kernel.data.slice() : new Float64Array(patchSize * outFeatures);
  const summaries = groups.map((group) => {
    const inputs = group.filter((input) => varies(moments, input));
    const size = inputs.length;
    const tolerance = 16 * size * Number.EPSILON;
    const matrix = pick(moments.inputCovariance, inputs, inputs);
    const diagonal = Float64Array.from({ length: size }, (_, index) => matrix[index * size + index]!);
    for (let index = 0; index < size; index++) matrix[index * size + index]! += lambda;
    const factor = cholesky(matrix, size, tolerance);
    const allFeatures = Array.from({ length: outFeatures }, (_, feature) => feature);
    const rows = solveCholesky(factor, pick(rightSide, allFeatures, inputs));
    inputs.forEach((input, index) => {
      for (let feature = 0; feature < outFeatures; feature++) {
        kernel[input * outFeatures + feature]! += rows[feature * size + index]!;
      }
    });
    return summarizeFactor(factor, diagonal, lambda, tolerance, inputs);
  });
  const bias = moments.targetMean.data.slice();
  for (let input = 0; input < patchSize; input++) {
    const mean = moments.inputMean.data[input]!;
    for (let feature = 0; feature < outFeatures; feature++) {
      bias[feature]! -= mean * kernel[input * outFeatures + feature]!;
    }
  }
  return {
    kernel: { shape: [patchSize, outFeatures], data: kernel },
    bias: { shape: [outFeatures], data: bias },
    ridge,
    summaries,
  };
}

function complete(
  moments: Moments,
  attempt: Attempt,
  ridgeCandidates: SolveDiagnostics['ridgeCandidates'],
  heldOut: Moments | undefined,
): AffineSolution {
  const { kernel, bias, ridge, summaries } = attempt;
  const patchSize = moments.inputMean.data.length;
  const deadInputs = Array.from({ length: patchSize }, (_, input) => input).filter(
    (input) => !varies(moments, input),
  );
  const dependentInputs = summaries.flatMap(({ dependent }) => dependent);
  const smallest = Math.min(...summaries.map(({ smallestPivot }) => smallestPivot));
  const largest = Math.max(...summaries.map(({ largestPivot }) => largestPivot));
  return {
    kernel,
    bias,
    relativeMse: relativeMse(moments, attempt),
    ...(heldOut && heldOut.count > 0 ? { heldOutRelativeMse: relativeMse(heldOut, attempt) } : {}),
    diagnostics: {
      count: moments.count,
      patchSize,
      ridge,
      ridgeCandidates,
      rank: patchSize - deadInputs.length - dependentInputs.length,
      deadInputs,
      dependentInputs,
      causes: likelyCauses(moments.count, patchSize, deadInputs, dependentInputs),
      conditionEstimate: largest > 0 ? largest / smallest : 1,
    },
  };
}

/** Covariance of what a map leaves of the targets with the inputs: `C_zp - kernel^T C_pp`. */
function residualCovariance(moments: Moments, { kernel }: AffineMap): NdArray {
  const patchSize = moments.inputMean.data.length;
  const outFeatures = moments.targetMean.data.length;
  const data = moments.crossCovariance.data.slice();
  for (let input = 0; input < patchSize; input++) {
    const row = moments.inputCovariance.data.subarray(input * patchSize, (input + 1) * patchSize);
    for (let feature = 0; feature < outFeatures; feature++) {
      const weight = kernel.data[input * outFeatures + feature]!;
      const start = feature * patchSize;
      for (let column = 0; column < patchSize; column++) data[start + column]! -= weight * row[column]!;
    }
  }
  return { shape: moments.crossCovariance.shape, data };
}

function requireSolvable(moments: Moments, prior: AffineMap | undefined): void {
  const { inputMean: p, targetMean: z } = moments;
  if (prior && prior.kernel.shape.join() !== [p.data.length, z.data.length].join()) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `A prior kernel of shape [${prior.kernel.shape}] came where [${p.data.length}, ${z.data.length}] was expected.`,
    );
  }
  if (moments.count === 0) {
    throw new FuseInitError(
      'SAMPLES_TOO_FEW',
      'The moments hold no rows: gather at least one before solving.',
    );
  }
  if (prior && !(prior.kernel.data.every(Number.isFinite) && prior.bias.data.every(Number.isFinite))) {
    throw new FuseInitError(
      'VALUE_NOT_FINITE',
      'The prior holds NaN or Infinity: look at the weights it came from.',
    );
  }
  requireFinite(moments);
}

function requireComparable(heldOut: Moments, { inputMean: p, targetMean: z }: Moments): void {
  const { inputMean, targetMean } = heldOut;
  if (inputMean.data.length !== p.data.length || targetMean.data.length !== z.data.length) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `heldOut has ${inputMean.data.length} inputs and ${targetMean.data.length} targets, the moments to solve on have ${p.data.length} and ${z.data.length}.`,
    );
  }
  requireFinite(heldOut);
}

function requireFinite(moments: Moments): void {
  const { inputMean, targetMean, inputCovariance, crossCovariance, targetCovariance } = moments;
  const parts = { inputMean, targetMean, inputCovariance, crossCovariance, targetCovariance };
  for (const [name, { data }] of Object.entries(parts)) {
    if (!data.every(Number.isFinite)) {
      throw new FuseInitError(
        'VALUE_NOT_FINITE',
        `${name} of the moments holds NaN or Infinity: look at the data.`,
      );
    }
  }
}

/** Whether an input's variance is more than the rounding of its mean could leave. */
function varies({ inputCovariance, inputMean }: Moments, input: number): boolean {
  const rounding = 8 * Number.EPSILON * inputMean.data[input]!;
  return inputCovariance.data[input * inputMean.data.length + input]! > rounding * rounding;
}

function pick(matrix: NdArray, rows: readonly number[], columns: readonly number[]): Float64Array {
  const width = matrix.shape[1]!;
  const picked = new Float64Array(rows.length * columns.length);
  rows.forEach((row, i) => {
    const start = row * width;
    for (let j = 0; j < columns.length; j++)
      picked[i * columns.length + j] = matrix.data[start + columns[j]!]!;
  });
  return picked;
}
