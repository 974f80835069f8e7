import { allFinite, columnCount, type FloatArray, type NdArray } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import type { Computation } from '../linear-algebra/computation.js';
import { type CalibrationRows, commonRowCount, type Moments } from '../moments/moments.js';
import {
  type AffineMap,
  isRows,
  measureMoments,
  measureRows,
  type RowsError,
  requireKernel,
  requireRows,
} from './affine-error.js';
import { defaultRidge } from './ridge.js';
import type { SolveDiagnostics } from './solve-diagnostics.js';

/**
 * Whether all input channels are solved for together (`'full'`, MSE-optimal) or each on its own, as if
 * channels were uncorrelated (`'independent'`, as in the paper's published code).
 *
 * Source: docs/math.md, section 3.
 */
export type ChannelCoupling = 'full' | 'independent';

/** Options of a least-squares solve. */
export interface SolveOptions {
  /**
   * The ridge that is added to the diagonal of the input covariance, relative to the variance of each input's
   * channel. With `'auto'`, it is the power of ten with the least error on `heldOut`, from the smallest that
   * the precision of the data allows up to 1000, or 0 where the moments allow that. Rows need a ridge above
   * 0. Default 1e-6.
   */
  readonly ridge?: number | 'auto';
  /**
   * Whether the ridge is relative to the variance of each input channel, so that units make no difference
   * (the default), or to the mean variance of all inputs.
   */
  readonly standardize?: boolean;
  /** Whether input channels are solved for together. Default `'full'`, the only value that rows allow. */
  readonly channelCoupling?: ChannelCoupling;
  /**
   * The number of input channels of the patch [...positions, inChannels], needed for `'independent'` and for
   * a ridge that is relative to the variance of a channel. Default: one channel for each input.
   */
  readonly inChannels?: number;
  /**
   * The weights that the ridge pulls towards instead of zero, so that a large ridge keeps them. Default:
   * none.
   */
  readonly prior?: AffineMap;
  /**
   * Held-out rows, or their moments, which are not solved on. They are needed for ridge `'auto'` and for the
   * held-out error. Rows give that error to float64 precision and with a standard error, moments only down to
   * their own rounding.
   */
  readonly heldOut?: CalibrationRows | Moments;
}

/** The error of a solution on data that it wasn't solved on. */
export interface HeldOutError {
  readonly heldOutRelativeMse: number;
  /**
   * The standard error of `heldOutRelativeMse` over the held-out samples; absent for moments and for a single
   * sample.
   */
  readonly heldOutStandardError?: number;
}

/**
 * The MSE-optimal affine map, its error, and the solver's diagnostics; the held-out error is absent without
 * `heldOut`.
 */
export interface AffineSolution extends AffineMap, Partial<HeldOutError> {
  /**
   * The mean square error on the data that were solved on, divided by the variance of the targets: 0 is
   * exact, 1 is no better than predicting the mean. Never below `diagnostics.rounding`.
   */
  readonly relativeMse: number;
  readonly diagnostics: SolveDiagnostics;
}

/** A least-squares problem that is set up once and can then be solved with several ridges. */
export interface LeastSquares {
  /** The exponent of the smallest power of ten that is worth trying as a ridge. */
  readonly ridgeFloor: number;
  solve(ridge: number): Computation<RidgeSolution>;
}

/** The solution of a {@link LeastSquares} problem with one ridge. */
export interface RidgeSolution extends Partial<HeldOutError> {
  readonly ridge: number;
  /** Whether the matrix would have full rank without a ridge. */
  readonly holdsWithoutRidge: boolean;
  /**
   * Computes the map, its error on the data that were solved on, and the diagnostics; called only for the
   * chosen ridge.
   */
  complete(): Computation<CompletedSolution>;
}

export interface CompletedSolution extends AffineMap {
  readonly relativeMse: number;
  readonly diagnostics: Omit<SolveDiagnostics, 'ridge' | 'ridgeCandidates' | 'ridgeEdge'>;
}

/** The held-out data, or undefined where they have no rows. */
export function heldOutOf({ heldOut }: SolveOptions): CalibrationRows | Moments | undefined {
  return heldOut && countOf(heldOut) > 0 ? heldOut : undefined;
}

/** The held-out error of a map, as a computation. */
export function* measureHeldOut(
  heldOut: CalibrationRows | Moments,
  map: AffineMap,
): Computation<HeldOutError> {
  return heldOutErrorOf(
    isRows(heldOut) ? yield* measureRows(heldOut, map) : yield* measureMoments(heldOut, map),
  );
}

/** Renames the fields of an error to those of a solution. */
export function heldOutErrorOf({ relativeMse, standardError }: RowsError): HeldOutError {
  return {
    heldOutRelativeMse: relativeMse,
    ...(standardError !== undefined && { heldOutStandardError: standardError }),
  };
}

/**
 * The bias [outFeatures] that makes the mean error of a kernel [patchSize, outFeatures] zero: `mean(z) -
 * mean(p) kernel`.
 *
 * Source: docs/math.md, section 1, equation 3.
 */
export function biasFor(kernel: Float64Array, inputMean: Float64Array, targetMean: Float64Array): NdArray {
  const outFeatures = targetMean.length;
  const bias = targetMean.slice();
  for (let input = 0; input < inputMean.length; input++) {
    const mean = inputMean[input]!;
    const start = input * outFeatures;
    for (let feature = 0; feature < outFeatures; feature++) bias[feature]! -= mean * kernel[start + feature]!;
  }
  return { shape: [outFeatures], data: bias };
}

/**
 * Refuses data and options that can't be solved with, before anything is computed.
 *
 * @throws SAMPLES_TOO_FEW when there are no rows.
 * @throws VALUE_NOT_FINITE when the data, the prior or `heldOut` hold NaN or Infinity.
 * @throws SHAPE_MISMATCH when inputs and targets differ in rows, or the sizes of the prior or `heldOut`
 *   differ from the data's.
 * @throws ARGUMENT_INVALID for a ridge that the data don't allow, or `'auto'` without held-out rows.
 */
export function requireSolvable(data: CalibrationRows | Moments, options: SolveOptions): void {
  const { ridge = defaultRidge, heldOut, prior } = options;
  const [patchSize, outFeatures] = sizesOf(data);
  requireRows(countOf(data));
  if (prior) {
    requireKernel(prior, patchSize, outFeatures);
    if (!allFinite(prior.kernel.data) || !allFinite(prior.bias.data)) {
      throw new FuseInitError(
        'VALUE_NOT_FINITE',
        'The prior holds NaN or Infinity: look at the weights it came from.',
      );
    }
  }
  requireFinite(isRows(data) ? 'the rows' : 'the moments', data);
  if (heldOut) requireHeldOutData(heldOut, patchSize, outFeatures);
  if (ridge === 'auto') {
    if (heldOutOf(options)) return;
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      "ridge 'auto' compares on rows that were not solved on: give such rows as heldOut, or a number as ridge.",
    );
  }
  if (isRows(data) ? ridge > 0 && Number.isFinite(ridge) : ridge >= 0 && Number.isFinite(ridge)) return;
  throw new FuseInitError(
    'ARGUMENT_INVALID',
    isRows(data)
      ? `ridge is ${ridge}: a number above 0, relative to the variance of an input, or 'auto' was expected. Give the moments of the rows for a ridge of 0.`
      : `ridge is ${ridge}: a number from 0, relative to the variance of an input, or 'auto' was expected.`,
  );
}

function requireHeldOutData(
  heldOut: CalibrationRows | Moments,
  patchSize: number,
  outFeatures: number,
): void {
  const [inputs, targets] = sizesOf(heldOut);
  if (inputs !== patchSize || targets !== outFeatures) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `heldOut has ${inputs} inputs and ${targets} targets, the data solved on have ${patchSize} and ${outFeatures}.`,
    );
  }
  countOf(heldOut);
  requireFinite('heldOut', heldOut);
}

function requireFinite(name: string, data: CalibrationRows | Moments): void {
  const parts: Partial<Record<keyof Moments | keyof CalibrationRows, FloatArray | number>> = data;
  for (const [part, array] of Object.entries(parts)) {
    if (typeof array === 'number' || allFinite(array.data)) continue;
    throw new FuseInitError(
      'VALUE_NOT_FINITE',
      `${part} of ${name} holds NaN or Infinity: look at the data.`,
    );
  }
}

/** @throws SHAPE_MISMATCH when inputs and targets differ in rows. */
function countOf(data: CalibrationRows | Moments): number {
  return isRows(data) ? commonRowCount(data.inputs, data.targets) : data.count;
}

function sizesOf(data: CalibrationRows | Moments): [patchSize: number, outFeatures: number] {
  return isRows(data)
    ? [columnCount(data.inputs), columnCount(data.targets)]
    : [data.inputMean.data.length, data.targetMean.data.length];
}
