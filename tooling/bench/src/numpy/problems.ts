import { join } from 'node:path';
import { patchGeometry } from '@fuseinit/core';
import type { TensorFlow } from '@fuseinit/tfjs';
import { type Activations, convolutionPair, densePair, teacherActivations } from './activations.js';
import type { Problem } from './problem.js';
import { realImages } from './real-images.js';

/** What NumPy does of it: all at once, or the loops over channels that the paper's code has. */
export type NumpyWay = 'joint' | 'pairLoop' | 'channelLoop';

/** A row of the table: where its numbers come from, and what NumPy does. */
export interface ProblemSource {
  readonly key: string;
  readonly name: string;
  /** What inputs and targets are, in words. */
  readonly data: string;
  readonly way: NumpyWay;
  /** No more turns than these count, where one takes a minute. */
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

/** Of the activations that conv2 writes, as many as asked for, evenly spread. */
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
