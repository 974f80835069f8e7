import { FuseInitError } from '@fuseinit/core';
import { readNpy } from './npy.js';
import { decodePictures } from './pictures.js';
import { type PixelRange, type SampleData, splitSamples } from './sample-data.js';

export interface OwnSamplesOptions {
  readonly range: PixelRange;
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal;
}

/**
 * A user's own samples for a model: one .npy file, or images.
 *
 * @throws CALIBRATION_DATA_UNSUPPORTED, CALIBRATION_DATA_EMPTY, SHAPE_MISMATCH for files that don't fit the model.
 */
export async function ownSamples(
  files: readonly File[],
  inputShape: readonly (number | null)[],
  { range, onProgress, signal }: OwnSamplesOptions,
): Promise<SampleData> {
  const [first] = files;
  if (!first) throw new FuseInitError('CALIBRATION_DATA_EMPTY', 'No file came: drop images or a .npy file.');
  if (first.name.endsWith('.npy')) {
    const { shape, values } = readNpy(await first.arrayBuffer());
    const fitting = fittingShape(shape, inputShape);
    return { ...splitSamples(values, fitting), classNames: null, origin: first.name };
  }
  const [, height, width, channels] = inputShape;
  if (inputShape.length !== 4 || !height || !width || !channels || ![1, 3, 4].includes(channels)) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `The model reads [${inputShape.map((length) => length ?? 'any').join(', ')}], which images can't be made to fit: drop a .npy file.`,
    );
  }
  const values = await decodePictures(files, [height, width, channels], range, onProgress, signal);
  const origin = files.length === 1 ? first.name : `${files.length.toLocaleString('en')} images`;
  return { ...splitSamples(values, [files.length, height, width, channels]), classNames: null, origin };
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
