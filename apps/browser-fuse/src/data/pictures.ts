import { FuseInitError, requireNotAborted } from '@fuseinit/core';
import { greyOf, resizeImage } from '@fuseinit/data-files/pixels';
import { readJpeg } from './jpeg.js';
import { readPng } from './png.js';
import type { StoredPicture } from './stored-picture.js';

/**
 * Decodes PNG and JPEG files as Pillow does, and resizes each to what a model reads, exactly as
 * `tf.image.resize` by 'bilinear': the pixels that `image_dataset_from_directory` of Keras gives.
 *
 * @param inputShape Height, width, channels (1: grey; 3: RGB, transparency dropped; 4: RGBA).
 * @returns pixels from 0 to 255, [files, height, width, channels].
 * @throws CALIBRATION_DATA_UNSUPPORTED for a file that can't be decoded.
 */
export async function decodePictures(
  files: readonly File[],
  inputShape: readonly [height: number, width: number, channels: number],
  onProgress: (done: number) => void,
  signal: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  const [height, width, channels] = inputShape;
  const size = height * width * channels;
  const values = new Float32Array(files.length * size);
  for (const [index, file] of files.entries()) {
    requireNotAborted(signal, file.name);
    const picture = await readPicture(file);
    const stored = [picture.height, picture.width, channels] as const;
    const resized = resizeImage(channelsOf(picture, channels), stored, { height, width }, 'bilinear');
    values.set(resized, index * size);
    onProgress((index + 1) / files.length);
  }
  return values;
}

async function readPicture(file: File): Promise<StoredPicture> {
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (bytes[0] === 0x89 && bytes[1] === 0x50) return readPng(bytes);
    if (bytes[0] === 0xff && bytes[1] === 0xd8) return await readJpeg(bytes);
    throw new Error('it is neither PNG nor JPEG: convert it');
  } catch (cause) {
    throw new FuseInitError(
      'CALIBRATION_DATA_UNSUPPORTED',
      `${file.name} could not be decoded as an image: ${cause instanceof Error ? cause.message : cause}.`,
      { cause },
    );
  }
}

function channelsOf({ rgba }: StoredPicture, channels: number): Uint8Array {
  if (channels === 4) return rgba;
  const colours = new Uint8Array((rgba.length / 4) * 3);
  for (let index = 0; index < colours.length; index++) {
    colours[index] = rgba[4 * Math.floor(index / 3) + (index % 3)]!;
  }
  return channels === 1 ? greyOf(colours) : colours;
}
