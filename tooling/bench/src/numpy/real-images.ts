import { FuseInitError } from '@fuseinit/core';
import { fashionMnistImages } from '@fuseinit/datasets';

/** Pixels of one image. */
export const pixels = 28 * 28;

/**
 * The first FashionMNIST training images, pixels from 0 to 1: [count, 28, 28, 1].
 *
 * @param folder With the four official files.
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function realImages(folder: string, count: number): Float32Array {
  const { images } = fashionMnistImages(folder, 'train');
  if (images.length < count * pixels) {
    throw new FuseInitError('DATA_FILE_INVALID', `${folder} has fewer than ${count} training images.`);
  }
  const values = Float32Array.from(images.subarray(0, count * pixels));
  for (let index = 0; index < values.length; index++) values[index]! /= 255;
  return values;
}
