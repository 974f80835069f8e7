import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FuseInitError, type PatchGeometry, patchGeometry, uniformStream } from '@fuseinit/core';
import { fashionMnistImages } from '@fuseinit/datasets';
import { readTeacher } from '@fuseinit/teacher';
import type { Tensor, TensorFlow } from '@fuseinit/tfjs';
import { modelFrom } from '@fuseinit/tfjs/internal';
import type { Tensor4D } from '@tensorflow/tfjs';

/** The inputs and targets that an affine map is solved for. */
export interface Problem {
  /** The inputs [count, inputs]; with a geometry [count, ...inputSize, channels]. */
  readonly inputs: Float32Array;
  /** The targets [count, targets]; with a geometry [count, ...outputSize, targets]. */
  readonly targets: Float32Array;
  /** The number of samples. */
  readonly count: number;
  /** The number of inputs of the map: the patch size. */
  readonly inputSize: number;
  readonly targetSize: number;
  /** The window whose patches are the rows, or null if each sample is a row. */
  readonly window: { readonly geometry: PatchGeometry; readonly channels: number } | null;
}

/** Returns the number of rows that the map is solved on: samples, or the output positions of all images. */
export function rowCount({ count, window }: Problem): number {
  return window ? count * window.geometry.outputSize.reduce((product, size) => product * size, 1) : count;
}

/** The number of pixels of one image. */
const pixels = 28 * 28;

/**
 * Reads the first FashionMNIST training images as pixels from 0 to 1: [count, 28, 28, 1].
 *
 * @param folder The folder with the four official files.
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function realImages(folder: string, count: number): Float32Array {
  const { images } = fashionMnistImages(folder, 'train');
  if (images.length < count * pixels) {
    throw new FuseInitError('DATA_FILE_INVALID', `${folder} has fewer than ${count} training images.`);
  }
  const values = Float32Array.from(images.subarray(0, count * pixels));
  for (let index = 0; index < values.length; index++) values[index]! /= 255;
  return values;
}

/** Draws He-uniform weights from a seed: uniform, with variance 2 / inputs. */
function seededWeights(seed: number, size: number, inputs: number): Float32Array {
  const uniform = uniformStream(seed);
  const limit = Math.sqrt(6 / inputs);
  return Float32Array.from({ length: size }, () => limit * (2 * uniform() - 1));
}

/** How NumPy solves it: all at once, or by the loops over channels in the paper's code. */
export type NumpyWay = 'joint' | 'pairLoop' | 'channelLoop';

/** A row of the table: the source of its numbers and how NumPy solves it. */
export interface ProblemSource {
  readonly key: string;
  readonly name: string;
  /** Describes the inputs and targets in words. */
  readonly data: string;
  readonly way: NumpyWay;
  /** The most turns that count, for problems of which one turn takes a minute. */
  readonly mostTurns?: number;
  /** @throws DATA_FILE_MISSING, DATA_FILE_INVALID */
  make(tf: TensorFlow, dataFolder: string): Promise<Problem>;
}

const logits = 'the FashionMNIST teacher’s logits';
const rows = 10_000;
const images = (folder: string, count: number) => realImages(join(folder, 'fashion-mnist'), count);

function dense({ inputs, targets }: Activations, count: number): Problem {
  return {
    inputs,
    targets,
    count,
    inputSize: inputs.length / count,
    targetSize: targets.length / count,
    window: null,
  };
}

async function convolution(tf: TensorFlow, folder: string, count: number): Promise<Problem> {
  const activations = await convolutionPair(tf, images(folder, count));
  const geometry = patchGeometry({ inputSize: [28, 28], kernelSize: [5, 5] });
  return { ...activations, count, inputSize: 800, targetSize: 64, window: { geometry, channels: 32 } };
}

/** 347 images have 199,872 patches. */
const convolutionImages = 347;
const convolutionData =
  'real images through a drawn 3x3x1->32 convolution and relu; targets: two drawn 3x3 convolutions on, a relu between';

/** The indices of 8192 of the activations of conv2, evenly spread. */
const spreadColumns = Array.from({ length: 8192 }, (_, index) => Math.floor((index * 28 * 28 * 16) / 8192));

export const problemSources: readonly ProblemSource[] = [
  {
    key: '1',
    name: 'dense, 10,000 x 784 -> 10',
    data: `FashionMNIST pixels; targets: ${logits}`,
    way: 'joint',
    make: async (tf, folder) => dense(await teacherActivations(tf, images(folder, rows), {}), rows),
  },
  {
    key: '2',
    name: 'dense, 10,000 x 3,136 -> 10',
    data: `the teacher’s activations behind its first pooling, 14x14x16; targets: ${logits}`,
    way: 'joint',
    make: async (tf, folder) =>
      dense(await teacherActivations(tf, images(folder, rows), { layer: 'pool2' }), rows),
  },
  {
    key: '3',
    name: 'dense, 10,000 x 8,192 -> 10',
    data: `8,192 of the teacher’s 28x28x16 activations behind its second relu, evenly spread; targets: ${logits}`,
    way: 'joint',
    make: async (tf, folder) =>
      dense(
        await teacherActivations(tf, images(folder, rows), { layer: 'relu2', columns: spreadColumns }),
        rows,
      ),
  },
  {
    key: '4',
    name: 'conv 5x5x32 -> 64, 199,872 patches',
    data: `${convolutionData}; NumPy’s writing-out of patches isn’t counted`,
    way: 'joint',
    make: (tf, folder) => convolution(tf, folder, convolutionImages),
  },
  {
    key: '5',
    name: 'dense, 40,000 x 800 -> 64',
    data: 'real images through a drawn dense layer of 800 and relu; targets: two drawn dense layers on, a relu between',
    way: 'joint',
    make: async (tf, folder) => dense(await densePair(tf, images(folder, 40_000), 'relu'), 40_000),
  },
  {
    key: '6',
    name: 'row 4 against the loop of the paper’s code',
    data: `${convolutionData}; NumPy solves 25 x 25 for each pair of channels, position by position`,
    way: 'pairLoop',
    mostTurns: 2,
    make: (tf, folder) => convolution(tf, folder, convolutionImages),
  },
  {
    key: '7',
    name: 'row 4 against that loop, tidied',
    data: `${convolutionData}; NumPy solves 25 x 25 for each input channel, its patches written out at once`,
    way: 'channelLoop',
    make: (tf, folder) => convolution(tf, folder, convolutionImages),
  },
  {
    key: '8',
    name: 'dense without zeros, 40,000 x 800 -> 64',
    data: 'real images through a drawn dense layer of 800 and tanh; targets: two drawn dense layers on, a tanh between',
    way: 'joint',
    make: async (tf, folder) => dense(await densePair(tf, images(folder, 40_000), 'tanh'), 40_000),
  },
];

const batch = 250;

/** The inputs and targets of a part of a network, one sample per row. */
interface Activations {
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
}

/**
 * Computes activations of the FashionMNIST teacher after a layer, and its logits [count, 10]; without a
 * layer, the inputs are the images themselves.
 *
 * @param columns The indices of the layer's activations that are kept; all if undefined.
 */
async function teacherActivations(
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
 * Makes inputs and targets as the fusion of two convolutions with a relu between has them: 32 maps of [28,
 * 28], from a relu of a 3x3 convolution of the images, and 64 maps of [24, 24], by two more 3x3 convolutions
 * without padding. Weights are drawn.
 */
function convolutionPair(tf: TensorFlow, images: Float32Array): Promise<Activations> {
  const kernel = (seed: number, channels: number, filters: number): Tensor4D =>
    tf.tensor4d(seededWeights(seed, 9 * channels * filters, 9 * channels), [3, 3, channels, filters]);
  const kernels = [kernel(1, 1, 32), kernel(2, 32, 32), kernel(3, 32, 64)] as const;
  return batched(tf, images, (input) => {
    const maps = input.conv2d(kernels[0], 1, 'same').relu() as Tensor4D;
    return [maps, (maps.conv2d(kernels[1], 1, 'valid').relu() as Tensor4D).conv2d(kernels[2], 1, 'valid')];
  });
}

/**
 * Makes inputs and targets as the fusion of two dense layers has them: 800 units from the images, and 64
 * units after 128, with an activation after each but the last. Weights are drawn.
 */
function densePair(tf: TensorFlow, images: Float32Array, activation: 'relu' | 'tanh'): Promise<Activations> {
  const weights = (seed: number, inputs: number, units: number) =>
    tf.tensor2d(seededWeights(seed, inputs * units, inputs), [inputs, units]);
  const layers = [weights(1, pixels, 800), weights(2, 800, 128), weights(3, 128, 64)] as const;
  return batched(tf, images, (input) => {
    const read = input.reshape([-1, pixels]).matMul(layers[0])[activation]();
    return [read, read.matMul(layers[1])[activation]().matMul(layers[2])];
  });
}

/** Runs images batch by batch and joins the outputs in one array for each side. */
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

/** Writes a problem's arrays as raw float32 and returns their paths and shapes. */
export function writeProblem(
  folder: string,
  { inputs, targets, count, targetSize, window }: Problem,
): object {
  const write = (name: string, values: Float32Array, shape: readonly number[]) => {
    const file = join(folder, `${name}.f32`);
    writeFileSync(file, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    return { file, shape };
  };
  const { inputSize = [], outputSize = [], kernelSize } = window?.geometry ?? {};
  const width = window ? window.channels : inputs.length / count;
  return {
    inputs: write('inputs', inputs, [count, ...inputSize, width]),
    targets: write('targets', targets, [count, ...outputSize, targetSize]),
    ...(kernelSize && { kernelSize }),
  };
}

/** Reads raw float64 values. */
export function readValues(file: string): Float64Array {
  const { buffer, byteOffset, byteLength } = readFileSync(file);
  return new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength));
}
