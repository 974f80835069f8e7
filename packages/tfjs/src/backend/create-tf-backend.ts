import { type BackendAdapter, patchLayout } from '@fuseinit/core';
import type { Tensor, TensorFlow } from '../tensorflow.js';
import { addChunk } from './add-chunk.js';
import { centeredMoments } from './centered-moments.js';
import { channelShift } from './channel-shift.js';
import { emptyChunkSums } from './chunk-sums.js';
import { padChunk } from './padded-chunk.js';
import { requireSinglePrecision } from './require-single-precision.js';
import { rowsPerProduct } from './rows-per-product.js';
import { inTwoAxes, pointWindow } from './window-2d.js';

/**
 * Multiplies on whatever backend the caller's `tf` runs on, in its float precision; patches are laid out on the host,
 * and sums over products of at most 512 rows go on in float64.
 *
 * @throws PRECISION_TOO_LOW on a device of 16-bit floats.
 */
export function createTfBackend(tf: TensorFlow): BackendAdapter<Tensor> {
  requireSinglePrecision(tf, tf.getBackend());
  return {
    specVersion: 1,
    name: tf.getBackend(),
    floatPrecision: 32,
    maxTensorSize: 2 ** 31 - 1,
    read: (tensor) => tensor.data(),
    async patchMoments(input, target, geometry) {
      const { batch, channels, patchSize, outFeatures } = patchLayout(input.shape, target.shape, geometry);
      const window = geometry ? inTwoAxes(geometry) : pointWindow;
      const [images, targets] = (await Promise.all([input.data(), target.data()])) as [
        Float32Array,
        Float32Array,
      ];
      const inputShift = channelShift(images, channels);
      const targetShift = channelShift(targets, outFeatures);
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
