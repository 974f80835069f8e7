import { join } from 'node:path';
import { readIdx } from '@fuseinit/data-files/arrays';
import { type DataFolder, invalid } from './check/data-errors.js';
import { readDataFile } from './check/data-file.js';
import type { Dataset, Samples } from './dataset.js';

/** SHA-256 of the unpacked content of the four files of such a set, by name without .gz. */
export type IdxDigests = Readonly<Record<string, string>>;

/** Images and labels of one of the two sets, as bytes. */
export interface IdxImages {
  /** [count, rows, columns] */
  readonly images: Uint8Array;
  readonly shape: readonly number[];
  readonly labels: Uint8Array;
}

/**
 * Reads images and labels of one set, as MNIST and FashionMNIST come.
 *
 * @param digests Undefined where any files will do.
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function idxImages(
  folder: DataFolder,
  set: 'train' | 't10k',
  digests: IdxDigests | undefined,
): IdxImages {
  const read = (name: string, rank: number) => {
    const path = join(folder.path, name);
    const { shape, dtype, values } = readIdx(path, readDataFile(folder, `${name}.gz`, digests?.[name]));
    if (shape.length !== rank || !(values instanceof Uint8Array)) {
      throw invalid(path, `holds ${dtype} of shape [${shape}]: uint8 of rank ${rank} were expected.`);
    }
    return { shape, bytes: values };
  };
  const images = read(`${set}-images-idx3-ubyte`, 3);
  const labels = read(`${set}-labels-idx1-ubyte`, 1);
  if (images.shape[0] !== labels.shape[0]) {
    throw invalid(folder.path, `holds ${images.shape[0]} images and ${labels.shape[0]} labels of ${set}.`);
  }
  return { images: images.bytes, shape: images.shape, labels: labels.bytes };
}

/**
 * Both sets, pixels from 0 to 1.
 *
 * @param digests Undefined where any files will do.
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function idxDataset(
  folder: DataFolder,
  classes: readonly string[],
  digests: IdxDigests | undefined,
): Dataset {
  const samples = (set: 'train' | 't10k'): Samples => {
    const { images, shape, labels } = idxImages(folder, set, digests);
    const wrong = labels.find((label) => label >= classes.length);
    if (wrong !== undefined) {
      throw invalid(
        folder.path,
        `holds the label ${wrong} in ${set}: 0 to ${classes.length - 1} were expected.`,
      );
    }
    return {
      inputs: shares(images),
      inputShape: [...shape.slice(1), 1],
      targets: Float32Array.from(labels),
      count: labels.length,
    };
  };
  return {
    task: { kind: 'classification', classes },
    train: samples('train'),
    test: samples('t10k'),
    preparation: 'The official split, pixels from 0 to 1.',
  };
}

/** Bytes as shares of 255; `Float32Array.from` with a function takes ten times as long. */
function shares(bytes: Uint8Array): Float32Array {
  const values = new Float32Array(bytes);
  for (let index = 0; index < values.length; index++) values[index]! /= 255;
  return values;
}
