import type { NdArray } from '../array/nd-array.js';

/**
 * The bias [outFeatures] with which a kernel [patchSize, outFeatures] meets the targets on average:
 * `mean(z) - mean(p) kernel`.
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
