import { type BackendAdapter, ndArray } from '@fuseinit/core';
import { backendTolerance } from '@fuseinit/core/testing';
import { fuse, type Tensor, type TensorFlow } from '@fuseinit/tfjs';
import { geometryText, relativeError } from './compare.js';
import type { GoldenCase } from './golden-case.js';
import { sequentialOf } from './sequential-of.js';

/**
 * How far a fusion through TensorFlow.js is from the oracle; distances relative to the norm of the expected
 * array.
 */
export interface FusedGoldenResult {
  readonly name: string;
  readonly geometryEqual: boolean;
  readonly kernelError: number;
  readonly biasError: number;
  /** Absolute: a relative MSE is relative already. */
  readonly relativeMseError: number;
  /** The most that `kernelError` and `biasError` may be. */
  readonly tolerance: number;
  readonly relativeMseTolerance: number;
}

/**
 * Runs one golden case as a user would: a stock model through `fuse` on a backend, and the student's weights
 * compared.
 *
 * The tolerances follow from what moments may be off by on a backend of this precision, {@link
 * backendTolerance}: a relative MSE is a quotient of them, and solving multiplies by the condition number.
 */
export async function fuseGoldenCase(
  tf: TensorFlow,
  backend: BackendAdapter<Tensor>,
  golden: GoldenCase,
): Promise<FusedGoldenResult> {
  const { expected } = golden;
  const layers = golden.span.map((layer, index) => ({
    ...layer,
    config: { ...layer.config, name: layerName(index) },
  }));
  const teacher = await sequentialOf(tf, layers, golden.input.shape.slice(1));
  const { student, report } = await fuse(teacher, {
    tf,
    backend,
    spans: [
      {
        from: layerName(0),
        to: layerName(golden.span.length - 1),
        ...(expected.geometry && { kernelSize: expected.geometry.kernelSize }),
      },
    ],
    calibrationData: golden.input,
    ridge: golden.ridge,
    standardize: false,
    channelCoupling: golden.channelCoupling,
    heldOut: 0,
  });
  const [fused] = report.spans;
  const weights = student.getLayer(fused!.name).getWeights();
  const [kernel, bias] = await Promise.all(
    weights.map(async (weight) => ndArray(weight.shape, await backend.read(weight))),
  );
  teacher.dispose();
  student.dispose();
  const moments = backendTolerance[backend.floatPrecision];
  return {
    name: golden.name,
    geometryEqual: geometryText(fused!.geometry) === geometryText(expected.geometry),
    kernelError: relativeError(kernel!, ndArray(expected.kernel.shape, expected.kernel.data)),
    biasError: relativeError(bias!, ndArray(expected.bias.shape, expected.bias.data)),
    relativeMseError: Math.abs(fused!.relativeMse - expected.relativeMse),
    tolerance: moments * fused!.diagnostics.conditionEstimate,
    relativeMseTolerance: moments,
  };
}

const layerName = (index: number) => `layer${index}`;
