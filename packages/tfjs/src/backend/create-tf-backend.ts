import type { BackendAdapter, Moments, PatchGeometry } from '@fuseinit/core';
import { createMomentsAccumulator } from '@fuseinit/core';
import type { Tensor, TensorFlow } from '../tensorflow.js';
import { chunkMoments } from './chunk-moments.js';

/**
 * Rows whose products are summed in float32 before they are added up in float64: the relative error of a sum then
 * stays near sqrt(512) 6e-8, about 1e-6.
 */
const rowsPerChunk = 512;

/**
 * Extracts patches and multiplies on whatever backend the caller's `tf` runs on, in its float precision; sums over
 * chunks of 512 rows go on in float64.
 */
export function createTfBackend(tf: TensorFlow): BackendAdapter<Tensor> {
  return {
    specVersion: 1,
    name: tf.getBackend(),
    floatPrecision: tf.backend().floatPrecision(),
    async patchMoments(input, target, geometry) {
      const batch = input.shape[0]!;
      const outFeatures = target.shape.at(-1)!;
      const images = tf.tidy(() => asImages(input, geometry));
      const targets = tf.tidy(() => target.reshape([batch, ...(geometry ? twoAxes(geometry.outputSize, 1) : [1, 1]), outFeatures]));
      try {
        const window = geometry ? inTwoAxes(geometry) : pointwise;
        const perChunk = Math.max(1, Math.floor(rowsPerChunk / window.outputSize[1]));
        let sum: ReturnType<typeof createMomentsAccumulator> | undefined;
        for (let start = 0; start < batch; start += perChunk) {
          const count = Math.min(perChunk, batch - start);
          const moments: Moments = await chunkMoments(tf, images, targets, window, start, count);
          sum ??= createMomentsAccumulator(moments.inputMean.data.length, outFeatures);
          sum.merge(moments);
        }
        return sum!.moments();
      } finally {
        images.dispose();
        targets.dispose();
      }
    },
  };
}

/** A window over two spatial axes, rows first. */
export interface Window2d {
  readonly inputSize: readonly [number, number];
  readonly outputSize: readonly [number, number];
  readonly kernelSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilationRate: readonly [number, number];
  readonly padding: readonly [readonly [number, number], readonly [number, number]];
}

const pointwise: Window2d = {
  inputSize: [1, 1],
  outputSize: [1, 1],
  kernelSize: [1, 1],
  strides: [1, 1],
  dilationRate: [1, 1],
  padding: [
    [0, 0],
    [0, 0],
  ],
};

/** A 1-D window becomes a column: rows are what {@link chunkMoments} shares products over. */
function inTwoAxes(geometry: PatchGeometry): Window2d {
  return {
    inputSize: twoAxes(geometry.inputSize, 1),
    outputSize: twoAxes(geometry.outputSize, 1),
    kernelSize: twoAxes(geometry.kernelSize, 1),
    strides: twoAxes(geometry.strides, 1),
    dilationRate: twoAxes(geometry.dilationRate, 1),
    padding: twoAxes<readonly [number, number]>(geometry.padding, [0, 0]),
  };
}

function twoAxes<T>(values: readonly T[], missing: T): [T, T] {
  return [values[0]!, values[1] ?? missing];
}

function asImages(input: Tensor, geometry: PatchGeometry | null): Tensor {
  const batch = input.shape[0]!;
  if (!geometry) return input.reshape([batch, 1, 1, input.size / batch]);
  return input.reshape([batch, ...twoAxes(geometry.inputSize, 1), input.shape.at(-1)!]);
}
