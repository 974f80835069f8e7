import type { BackendAdapter, PatchGeometry } from '@fuseinit/core';
import type { Tensor, TensorFlow } from '../tensorflow.js';
import { addChunk } from './add-chunk.js';
import { centeredMoments } from './centered-moments.js';
import { emptyChunkSums } from './chunk-sums.js';
import { channelShift, padChunk } from './padded-chunk.js';
import { inTwoAxes, pointWindow } from './window-2d.js';

/**
 * Rows whose products are summed in float32 before they are added up in float64: the relative error of a sum then
 * stays near sqrt(512) 6e-8, about 1e-6.
 */
const rowsPerProduct = 512;

/**
 * Multiplies on whatever backend the caller's `tf` runs on, in its float precision; patches are laid out on the host,
 * and sums over products of at most 512 rows go on in float64.
 */
export function createTfBackend(tf: TensorFlow): BackendAdapter<Tensor> {
  return {
    specVersion: 1,
    name: tf.getBackend(),
    floatPrecision: tf.backend().floatPrecision(),
    async patchMoments(input, target, geometry: PatchGeometry | null) {
      const batch = input.shape[0]!;
      const outFeatures = target.shape.at(-1)!;
      const window = geometry ? inTwoAxes(geometry) : pointWindow;
      const channels = input.size / (batch * window.inputSize[0] * window.inputSize[1]);
      const [images, targets] = (await Promise.all([input.data(), target.data()])) as [
        Float32Array,
        Float32Array,
      ];
      const inputShift = channelShift(images, channels);
      const targetShift = channelShift(targets, outFeatures);
      const patchSize = window.kernelSize[0] * window.kernelSize[1] * channels;
      const sums = emptyChunkSums(patchSize, outFeatures);
      const sampleSize = images.length / batch;
      const targetSize = targets.length / batch;
      const samples = Math.max(1, Math.floor(rowsPerProduct / window.outputSize[1]));
      for (let start = 0; start < batch; start += samples) {
        const end = Math.min(batch, start + samples);
        await addChunk(
          tf,
          {
            padded: padChunk(
              images.subarray(start * sampleSize, end * sampleSize),
              end - start,
              inputShift,
              window,
            ),
            targets: targets
              .subarray(start * targetSize, end * targetSize)
              .map((value, index) => value - targetShift[index % outFeatures]!),
            count: end - start,
            channels,
            outFeatures,
            window,
          },
          sums,
        );
      }
      return centeredMoments(sums, inputShift, targetShift);
    },
  };
}
