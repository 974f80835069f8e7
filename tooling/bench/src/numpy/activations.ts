import { readTeacher } from '@fuseinit/teacher';
import type { Tensor, TensorFlow } from '@fuseinit/tfjs';
import { modelFrom } from '@fuseinit/tfjs/internal';
import type { Tensor4D } from '@tensorflow/tfjs';
import { pixels } from './real-images.js';
import { seededWeights } from './seeded-weights.js';

const batch = 250;

/** What a network reads and is to give at two places, a sample each row. */
export interface Activations {
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
}

/**
 * The FashionMNIST teacher's activations behind a layer and its logits, [count, 10]; without a layer the
 * images themselves.
 *
 * @param columns Which of the layer's activations are kept, by index; all without it.
 */
export async function teacherActivations(
  tf: TensorFlow,
  images: Float32Array,
  { layer, columns }: { readonly layer?: string; readonly columns?: readonly number[] },
): Promise<Activations> {
  const teacher = await modelFrom(tf, await readTeacher());
  const outputs = [layer ?? teacher.layers[0]!.name, 'flatten'].map(
    (name) => teacher.getLayer(name).output as ReturnType<TensorFlow['input']>,
  );
  const taps = tf.model({ inputs: teacher.inputs, outputs });
  const [kernel, bias] = teacher.getLayer('dense').getWeights();
  const activations = await batched(tf, images, (input) => {
    const [behind, flat] = taps.predictOnBatch(input) as [Tensor, Tensor];
    const rows = (layer ? behind : input).reshape([input.shape[0], -1]);
    return [
      columns ? rows.gather(tf.tensor1d([...columns], 'int32'), 1) : rows,
      flat.matMul(kernel!).add(bias!),
    ];
  });
  teacher.dispose();
  return activations;
}

/**
 * What a pair of convolutions with a relu between has to fuse: 32 maps of [28, 28], by a relu of a 3x3
 * convolution of the images, and 64 maps of [24, 24], by two more of 3x3 without padding. Weights are drawn.
 */
export function convolutionPair(tf: TensorFlow, images: Float32Array): Promise<Activations> {
  const kernel = (seed: number, channels: number, filters: number): Tensor4D =>
    tf.tensor4d(seededWeights(seed, 9 * channels * filters, 9 * channels), [3, 3, channels, filters]);
  const kernels = [kernel(1, 1, 32), kernel(2, 32, 32), kernel(3, 32, 64)] as const;
  return batched(tf, images, (input) => {
    const maps = input.conv2d(kernels[0], 1, 'same').relu() as Tensor4D;
    return [maps, (maps.conv2d(kernels[1], 1, 'valid').relu() as Tensor4D).conv2d(kernels[2], 1, 'valid')];
  });
}

/**
 * What a pair of dense layers has to fuse: 800 units on the images, and 64 behind 128, an activation after
 * each but the last. Weights are drawn.
 */
export function densePair(
  tf: TensorFlow,
  images: Float32Array,
  activation: 'relu' | 'tanh',
): Promise<Activations> {
  const weights = (seed: number, inputs: number, units: number) =>
    tf.tensor2d(seededWeights(seed, inputs * units, inputs), [inputs, units]);
  const layers = [weights(1, pixels, 800), weights(2, 800, 128), weights(3, 128, 64)] as const;
  return batched(tf, images, (input) => {
    const read = input.reshape([-1, pixels]).matMul(layers[0])[activation]();
    return [read, read.matMul(layers[1])[activation]().matMul(layers[2])];
  });
}

/** Runs images through, a batch at a time, and puts what comes out in one array for each side. */
async function batched(
  tf: TensorFlow,
  images: Float32Array,
  run: (input: Tensor4D) => [Tensor, Tensor],
): Promise<Activations> {
  const count = images.length / pixels;
  let whole: [Float32Array, Float32Array] | undefined;
  for (let start = 0; start < count; start += batch) {
    const size = Math.min(batch, count - start);
    const part = images.subarray(start * pixels, (start + size) * pixels);
    const outputs = tf.tidy(() => run(tf.tensor4d(part, [size, 28, 28, 1])));
    for (const [side, output] of outputs.entries()) {
      const values = (await output.data()) as Float32Array;
      const width = values.length / size;
      whole ??= outputs.map(({ size: numbers }) => new Float32Array((numbers / size) * count)) as [
        Float32Array,
        Float32Array,
      ];
      whole[side]!.set(values, start * width);
      output.dispose();
    }
  }
  return { inputs: whole![0], targets: whole![1] };
}
