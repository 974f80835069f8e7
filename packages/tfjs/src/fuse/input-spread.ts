import { sizeOf } from '@fuseinit/core';
import type { LoweredSpan } from '@fuseinit/registry';
import type { Collected } from './solvable.js';

/**
 * The means and standard deviations of a layer's inputs: for each channel under a window, otherwise for each
 * element of a sample.
 */
export interface InputSpread {
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

/** Computes the means and standard deviations of a layer's inputs from the data collected for it. */
export function inputSpread(collected: Collected, lowered: LoweredSpan): InputSpread {
  const columns = sizeOf(columnsOf(lowered));
  const { mean, variance } = 'rows' in collected ? spreadOfRows(collected) : spreadOfMoments(collected);
  const taps = mean.length / columns;
  const means = new Float64Array(columns);
  const variances = new Float64Array(columns);
  mean.forEach((value, index) => {
    means[index % columns]! += value / taps;
    variances[index % columns]! += variance[index]! / taps;
  });
  // An input that never varied has weight 0 in the solution. It is varied here, since it must have weight 0
  // in the layer as well.
  const usual = variances.reduce((sum, value) => sum + value, 0) / columns || 1;
  return { means, deviations: variances.map((value) => Math.sqrt(value > 0 ? value : usual)) };
}

function spreadOfMoments({ moments }: Extract<Collected, { readonly moments: unknown }>) {
  const mean = moments.inputMean.data;
  const variance = mean.map((_, index) => moments.inputCovariance.data[index * (mean.length + 1)]!);
  return { mean, variance };
}

function spreadOfRows({ rows }: Extract<Collected, { readonly rows: unknown }>) {
  const { shape, data } = rows.inputs;
  const [count = 0, columns = 0] = shape;
  const mean = new Float64Array(columns);
  const variance = new Float64Array(columns);
  for (let index = 0; index < data.length; index++) mean[index % columns]! += data[index]! / count;
  for (let index = 0; index < data.length; index++) {
    variance[index % columns]! += (data[index]! - mean[index % columns]!) ** 2 / count;
  }
  return { mean, variance };
}

/** The shape that the columns of a patch repeat: the channels under a window, otherwise a whole sample. */
export function columnsOf({ fused, layers }: LoweredSpan): readonly number[] {
  const { inputShape } = layers[0]!;
  return fused.geometry ? inputShape.slice(-1) : inputShape;
}
