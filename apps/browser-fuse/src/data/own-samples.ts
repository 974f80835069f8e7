import { FuseInitError } from '@fuseinit/core';
import { readNpy } from '@fuseinit/data-files/arrays';
import type { InputReading, PixelRange } from '@fuseinit/tfjs/internal';
import { decodePictures } from './pictures.js';
import { readNumbers, type StoredSamples } from './read-numbers.js';
import { type SampleData, splitSamples } from './sample-data.js';

/** The input of a network with a single input. */
export interface ReadInput {
  /** The input shape with the batch first; null for an open length. */
  readonly inputShape: readonly (number | null)[];
  readonly reading: InputReading;
}

export interface OwnSamplesOptions {
  /** The range that pixels are scaled to; null for the one that the network reads. */
  readonly range: PixelRange | null;
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal;
}

/**
 * A user's own samples for a model: one .npy file, or images.
 *
 * @throws DATA_FILE_INVALID, CALIBRATION_DATA_UNSUPPORTED, CALIBRATION_DATA_EMPTY, SHAPE_MISMATCH for files
 * that don't fit the model.
 */
export async function ownSamples(
  files: readonly File[],
  input: ReadInput,
  { range, ...options }: OwnSamplesOptions,
): Promise<SampleData> {
  const [first] = files;
  if (!first) throw new FuseInitError('CALIBRATION_DATA_EMPTY', 'No file came: drop images or a .npy file.');
  const stored = first.name.endsWith('.npy')
    ? await storedArray(first, input.inputShape)
    : await storedPictures(files, input.inputShape, options);
  const { values, ...read } = readNumbers(stored, input.reading, range);
  const origin = files.length === 1 ? first.name : `${files.length.toLocaleString('en')} images`;
  return { ...splitSamples(values, stored.shape), classNames: null, origin, ...read };
}

async function storedArray(file: File, inputShape: ReadInput['inputShape']): Promise<StoredSamples> {
  const { shape, values, dtype } = readNpy(file.name, new Uint8Array(await file.arrayBuffer()));
  const holds = dtype === 'uint8' ? 'bytes' : 'numbers';
  return {
    values: Float32Array.from(values),
    shape: fittingShape(shape, inputShape),
    holds,
    kind: `numbers of ${dtype}`,
  };
}

async function storedPictures(
  files: readonly File[],
  inputShape: ReadInput['inputShape'],
  { onProgress, signal }: Omit<OwnSamplesOptions, 'range'>,
): Promise<StoredSamples> {
  const [, height, width, channels] = inputShape;
  if (inputShape.length !== 4 || !height || !width || !channels || ![1, 3, 4].includes(channels)) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `The model reads [${inputShape.map((length) => length ?? 'any').join(', ')}], which images can't be made to fit: drop a .npy file.`,
    );
  }
  const values = await decodePictures(files, [height, width, channels], onProgress, signal);
  const shape = [files.length, height, width, channels];
  return { values, shape, holds: 'images', kind: 'images of bytes' };
}

/** The shape of a .npy array as the model reads it; an axis of one channel may be left out. */
function fittingShape(shape: readonly number[], inputShape: readonly (number | null)[]): readonly number[] {
  const withChannel =
    inputShape.at(-1) === 1 && shape.length === inputShape.length - 1 ? [...shape, 1] : shape;
  const fits =
    withChannel.length === inputShape.length &&
    withChannel.every(
      (length, axis) => axis === 0 || inputShape[axis] === null || inputShape[axis] === length,
    );
  if (!fits) {
    const wanted = inputShape.map((length, axis) => length ?? (axis === 0 ? 'samples' : 'any')).join(', ');
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `The .npy file has shape (${shape.join(', ')}); the model reads (${wanted}).`,
    );
  }
  if (withChannel[0] === 0)
    throw new FuseInitError('CALIBRATION_DATA_EMPTY', 'The .npy file holds no sample.');
  return withChannel;
}
