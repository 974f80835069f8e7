import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Images in [0, 1], [count, 28, 28, 1] row-major, and a label for each. */
export interface LabelledImages {
  readonly images: Float32Array;
  readonly labels: Uint8Array;
  readonly count: number;
}

const pixels = 28 * 28;

/** Real FashionMNIST, kept beside the app: the first 4,000 training images, and the first 4,000 test images. */
export function fashionMnist(set: 'calibration' | 'evaluation'): LabelledImages {
  const parts = [0, 1].map((part) => ({
    images: readIdx(`${set}-${part}-images-idx3-ubyte.gz`, 3),
    labels: readIdx(`${set}-${part}-labels-idx1-ubyte.gz`, 1),
  }));
  const bytes = Buffer.concat(parts.map(({ images }) => images));
  const labels = Uint8Array.from(Buffer.concat(parts.map((part) => part.labels)));
  return { images: Float32Array.from(bytes, (byte) => byte / 255), labels, count: labels.length };
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

/** The bytes of a file in LeCun's idx format, after its header: a magic number that tells the rank, and the lengths. */
function readIdx(name: string, rank: number): Buffer {
  const file = gunzipSync(readFileSync(new URL(`../data/${name}`, import.meta.url)));
  if (file.readUInt32BE(0) !== 0x800 + rank) throw new Error(`${name} is not an idx file of rank ${rank}.`);
  return file.subarray(4 + 4 * rank);
}
