import { multiplyRows } from '../array/matrix.js';
import { type NdArray, reshape, sizeOf } from '../array/nd-array.js';
import { referenceBackend } from '../backend/reference-backend.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import type { FusedLayer, LayerPairPlugin, PairMember } from '../plugin/layer-pair-plugin.js';
import { convolve } from '../reference/convolve.js';
import { solveAffine } from '../solve/solve-affine.js';
import { check, failed, relativeDistance } from './check-failed.js';

export interface CheckLayerPairOptions {
  readonly first: PairMember;
  readonly second: PairMember;
  /** Calibration data [batch, ...first.inputShape], more rows than a patch has numbers. */
  readonly input: NdArray;
  /** The two layers in a row with nothing nonlinear between them: `input` to the second's pre-activation. */
  readonly teacher: (input: NdArray) => NdArray;
  /** The fused layer's pre-activation from its weights; needed for classes other than Dense, Conv1D and Conv2D. */
  readonly student?: (weights: readonly NdArray[], input: NdArray) => NdArray;
}

/**
 * Proves a layer-pair plugin: with linear layers between and 'valid' padding, the student equals the teacher.
 *
 * Solves on `input`, sends the solution through the plugin's `toWeights`, runs the fused layer in float64 and compares
 * with `teacher` at 1e-8 of its largest output: 1e-16 of rounding, times a condition number of up to 1e8.
 *
 * Free of any test runner: call it in a test of any kind.
 *
 * @returns the fused layer, for further checks of one's own.
 * @throws CHECK_FAILED with what differs.
 */
export function checkLayerPair(plugin: LayerPairPlugin, options: CheckLayerPairOptions): FusedLayer {
  const { first, second, input, teacher } = options;
  const [firstClass, secondClass] = plugin.layers;
  check(
    first.className === firstClass && second.className === secondClass,
    `${plugin.name} fuses ${firstClass} and ${secondClass}; ${first.className} and ${second.className} came.`,
  );
  const fused = plugin.fuse({ first, second });
  if (!fused) throw failed(`${plugin.name} returned null for a pair that it was to be checked on.`);

  const target = teacher(input);
  const student = options.student ?? stockLayer(fused);
  const output = solveAndRun(plugin, fused, student, input, target);
  const distance = relativeDistance(output, target);
  check(
    distance <= 1e-8,
    `${plugin.name}: the fused ${fused.className} differs from the two layers by ${distance} of the largest output, [${output.shape}] against [${target.shape}]; 1e-8 was expected. Look at the geometry, the order in toWeights, and whether the pair is linear.`,
  );
  return fused;
}

type Student = (weights: readonly NdArray[], input: NdArray) => NdArray;

function solveAndRun(
  { name }: LayerPairPlugin,
  fused: FusedLayer,
  student: Student,
  input: NdArray,
  target: NdArray,
): NdArray {
  try {
    const moments = referenceBackend.patchMoments(input, target, fused.geometry);
    const { kernel, bias } = solveAffine(moments, { ridge: 0 });
    return student(fused.toWeights({ kernel, bias }), input);
  } catch (cause) {
    if (!FuseInitError.isInstance(cause)) throw cause;
    throw failed(`${name}: geometry, toWeights and layers don't fit each other. ${cause.message}`, cause);
  }
}

function stockLayer(fused: FusedLayer): Student {
  const { geometry } = fused;
  if ((fused.className === 'Conv1D' || fused.className === 'Conv2D') && geometry) {
    return ([kernel, bias], input) => convolve(input, kernel!, bias, geometry);
  }
  check(
    fused.className === 'Dense',
    `How a ${fused.className} computes is unknown here: give checkLayerPair a student.`,
  );
  return ([kernel, bias], input) =>
    multiplyRows(reshape(input, [input.shape[0]!, sizeOf(input.shape.slice(1))]), kernel!, bias);
}
