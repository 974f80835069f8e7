import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { npyFile, npzFile } from '@fuseinit/test-inputs/array-files';
import { modelFolder } from '@fuseinit/test-inputs/fixtures';
import { mnist } from '@fuseinit/test-inputs/mnist';

/** A third-party network for MNIST with three convolutions and two dense layers, saved by TensorFlow.js. */
export const mnistModel = modelFolder('rocksetta-mnist-conv').replace(/\/$/, '');

/** The names of its convolutions, which share a long prefix. */
export const [conv1, conv2, conv3] = ['conv2d_Conv2D1', 'conv2d_Conv2D2', 'conv2d_Conv2D3'] as const;

/** Writes images as `x` and their labels as `y` to an .npz file, and returns its path. */
export async function mnistNpz(folder: string, set: 'train' | 't10k', count: number): Promise<string> {
  const { images, labels } = mnist(set, count);
  const path = join(folder, `${set}.npz`);
  const y = npyFile(Int32Array.from(labels), [count]);
  await writeFile(path, npzFile({ x: npyFile(images, [count, 28, 28]), y }));
  return path;
}

/** Writes images to an .npy file, and returns its path. */
export async function mnistNpy(folder: string, set: 'train' | 't10k', count: number): Promise<string> {
  const { images } = mnist(set, count);
  const path = join(folder, `${set}.npy`);
  await writeFile(path, npyFile(images, [count, 28, 28]));
  return path;
}
