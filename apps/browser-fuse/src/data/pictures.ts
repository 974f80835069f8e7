import { FuseInitError, requireNotAborted } from '@fuseinit/core';
import type { PixelRange } from './sample-data.js';

/**
 * Decodes image files and scales each to the size that a model reads.
 *
 * @param inputShape Height, width, channels (1: gray, 3: RGB, 4: RGBA).
 * @throws CALIBRATION_DATA_UNSUPPORTED for a file that the browser can't decode.
 */
export async function decodePictures(
  files: readonly File[],
  inputShape: readonly number[],
  [black, white]: PixelRange,
  onProgress: (done: number) => void,
  signal: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  const [height = 0, width = 0, channels = 0] = inputShape;
  const size = height * width * channels;
  const values = new Float32Array(files.length * size);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  for (const [index, file] of files.entries()) {
    requireNotAborted(signal, file.name);
    const bitmap = await createImageBitmap(file).catch((cause: unknown) => {
      throw new FuseInitError(
        'CALIBRATION_DATA_UNSUPPORTED',
        `${file.name} could not be decoded as an image.`,
        {
          cause,
        },
      );
    });
    context.clearRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0, width, height);
    bitmap.close();
    const pixels = context.getImageData(0, 0, width, height).data;
    const scale = (byte: number) => black + (byte / 255) * (white - black);
    values.set(channelsOf(pixels, channels).map(scale), index * size);
    onProgress((index + 1) / files.length);
  }
  return values;
}

function channelsOf(rgba: Uint8ClampedArray, channels: number): Float32Array {
  const picked = new Float32Array((rgba.length / 4) * channels);
  for (let pixel = 0; pixel < rgba.length / 4; pixel++) {
    const [red = 0, green = 0, blue = 0, alpha = 0] = rgba.subarray(pixel * 4, pixel * 4 + 4);
    // Weights of ITU-R BT.601, those of Pillow's and TensorFlow's gray.
    const colors = channels === 1 ? [0.299 * red + 0.587 * green + 0.114 * blue] : [red, green, blue, alpha];
    picked.set(colors.slice(0, channels), pixel * channels);
  }
  return picked;
}
