import { gzipSync } from 'node:zlib';

/** An idx file of bytes. */
export function idx(shape: readonly number[], bytes: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt32BE(0x800 + shape.length, 0);
  shape.forEach((length, axis) => {
    header.writeUInt32BE(length, 4 + 4 * axis);
  });
  return Buffer.concat([header, Buffer.from(bytes)]);
}

/** The four files of a set of 2 training images and 1 test image of 2x3 pixels. */
export function idxSet(): Record<string, Buffer> {
  return {
    'train-images-idx3-ubyte.gz': gzipSync(idx([2, 2, 3], [0, 51, 102, 153, 204, 255, 1, 2, 3, 4, 5, 6])),
    'train-labels-idx1-ubyte.gz': gzipSync(idx([2], [2, 0])),
    't10k-images-idx3-ubyte.gz': gzipSync(idx([1, 2, 3], [255, 0, 255, 0, 255, 0])),
    't10k-labels-idx1-ubyte.gz': gzipSync(idx([1], [1])),
  };
}
