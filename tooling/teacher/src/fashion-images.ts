import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { readIdx } from '@fuseinit/data-files/arrays';

/** Images in [0, 1], [count, 28, 28, 1] row-major, and a label for each. */
export interface LabelledImages {
  readonly images: Float32Array;
  readonly labels: Uint8Array;
  readonly count: number;
}

const pixels = 28 * 28;

/** Real FashionMNIST, kept in `images`: the first 4,000 training images, and the first 4,000 test images. */
export function fashionImages(set: 'calibration' | 'evaluation'): LabelledImages {
  // Dividing in place takes a tenth of the time of Float32Array.from with a function.
  const images = new Float32Array(bytesOf(`${set}-0-images-idx3`, `${set}-1-images-idx3`));
  for (let index = 0; index < images.length; index++) images[index]! /= 255;
  const labels = bytesOf(`${set}-0-labels-idx1`, `${set}-1-labels-idx1`);
  return { images, labels, count: labels.length };
}

/** The first samples of a set. */
export function firstImages(set: LabelledImages, count: number): LabelledImages {
  const taken = Math.min(count, set.count);
  return {
    images: set.images.subarray(0, taken * pixels),
    labels: set.labels.subarray(0, taken),
    count: taken,
  };
}

function bytesOf(...names: string[]): Uint8Array {
  const parts = names.map((name) => {
    const file = new URL(`../images/${name}-ubyte.gz`, import.meta.url);
    return new Uint8Array(readIdx(name, gunzipSync(readFileSync(file))).values);
  });
  return new Uint8Array(Buffer.concat(parts));
}
