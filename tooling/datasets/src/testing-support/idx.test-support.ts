import { gzipSync } from 'node:zlib';
import { idxFile } from '@fuseinit/test-inputs/array-files';

/** The four files of a set of 2 training images and 1 test image of 2x3 pixels. */
export function idxSet(): Record<string, Buffer> {
  return {
    'train-images-idx3-ubyte.gz': gzipSync(idxFile([2, 2, 3], [0, 51, 102, 153, 204, 255, 1, 2, 3, 4, 5, 6])),
    'train-labels-idx1-ubyte.gz': gzipSync(idxFile([2], [2, 0])),
    't10k-images-idx3-ubyte.gz': gzipSync(idxFile([1, 2, 3], [255, 0, 255, 0, 255, 0])),
    't10k-labels-idx1-ubyte.gz': gzipSync(idxFile([1], [1])),
  };
}
