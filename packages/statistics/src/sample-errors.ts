import type { AffineMap, LinearAlgebra } from '@fuseinit/core';
import type { SampleRows } from './create-sample-rows.js';

/** Samples multiplied at a time: some thousand rows. */
const samplesPerProduct = 256;

/** For each sample the mean over its rows of the squared error of an affine map. */
export async function sampleErrors(
  samples: readonly SampleRows[],
  { kernel, bias }: AffineMap,
  linearAlgebra: LinearAlgebra,
): Promise<Float64Array> {
  const [patchSize, outFeatures] = kernel.shape as [number, number];
  const weights = new Float64Array(kernel.data.length);
  for (const [at, value] of kernel.data.entries())
    weights[(at % outFeatures) * patchSize + Math.floor(at / outFeatures)] = value;
  const errors = new Float64Array(samples.length);
  for (let start = 0; start < samples.length; start += samplesPerProduct) {
    const part = samples.slice(start, start + samplesPerProduct);
    const rows = part[0]!.inputs.length / patchSize;
    const inputs = new Float64Array(part.length * rows * patchSize);
    for (const [at, sample] of part.entries()) inputs.set(sample.inputs, at * rows * patchSize);
    const outputs = await linearAlgebra.multiplyTransposed(inputs, weights, patchSize);
    for (const [at, { targets }] of part.entries()) {
      let sum = 0;
      for (let index = 0; index < targets.length; index++)
        sum +=
          (targets[index]! - outputs[at * rows * outFeatures + index]! - bias.data[index % outFeatures]!) **
          2;
      errors[start + at] = sum / rows;
    }
  }
  return errors;
}

/** The variance of the samples' targets, summed over features; the square of their mean where they never vary. */
export function targetVariance(samples: readonly SampleRows[], outFeatures: number): number {
  const rows = samples.reduce((sum, { targets }) => sum + targets.length / outFeatures, 0);
  const mean = new Float64Array(outFeatures);
  for (const { targets } of samples)
    for (const [index, value] of targets.entries()) mean[index % outFeatures]! += value / rows;
  let variance = 0;
  for (const { targets } of samples)
    for (const [index, value] of targets.entries())
      variance += (value - mean[index % outFeatures]!) ** 2 / rows;
  const square = mean.reduce((sum, value) => sum + value * value, 0);
  // What rounding leaves of a constant is no variance.
  return variance > square * 1e-14 ? variance : square || 1;
}
