import { join } from 'node:path';
import { requireNotAborted } from '@fuseinit/core';
import pMap from 'p-map';
import { invalid, unfit } from '../data-errors.js';
import type { SampleSource } from '../sample-source.js';
import type { OptionName, SourceOptions } from '../source-options.js';
import { type ImageShape, readPixels } from './image-pixels.js';
import { imageOrders } from './list-images.js';
import {
  concurrency,
  loadSharp,
  type ReadableImage,
  readableImages,
  unreadableImage,
} from './readable-images.js';
import { interpolations } from './resize-image.js';

type ImageOptions = Pick<SourceOptions, 'resize' | 'interpolation' | 'channels' | 'order' | 'skipUnreadable'>;

/**
 * Opens the images of a folder and of its subfolders as samples [height, width, channels], sorted by path.
 *
 * @throws DATA_FILE_INVALID when there are none, one can't be read, or they differ in size and aren't
 * resized.
 * @throws ARGUMENT_INVALID for a size, a number of channels, an interpolation or an order that is invalid.
 */
export async function imageSamples(
  folder: string,
  options: ImageOptions,
  optionName: OptionName,
): Promise<SampleSource> {
  requireImageOptions(options, optionName);
  const { resize, channels, interpolation = 'bilinear', order = 'path' } = options;
  const { images, skipped, others } = await readableImages(folder, options, optionName);
  const [height, width] = resize ?? commonSize(folder, images, optionName);
  const shape: ImageShape = {
    height,
    width,
    channels: channels ?? (images.some((image) => image.hasColour) ? 3 : 1),
    interpolation,
  };
  const resized = resize ? `, resized to ${height}x${width} (${interpolation})` : '';
  return {
    name: folder,
    count: images.length,
    sampleShape: [height, width, shape.channels],
    contents: `${kinds[shape.channels]} images${resized}${listed('unreadable', skipped)}${listed('not images', others)}`,
    dtype: 'uint8',
    holds: 'images',
    order: order === 'path' ? 'by path' : 'by the numbers in their paths',
    sampleNames: images.map(({ path }) => path),
    unread: [...skipped, ...others],
    async *read({ ranges, size, signal }) {
      const sharp = await loadSharp();
      const sampleSize = height * width * shape.channels;
      const Pixels = resize && interpolation !== 'nearest' ? Float32Array : Uint8Array;
      const wanted = ranges.flatMap(({ first, end }) => images.slice(first, end));
      for (let start = 0; start < wanted.length; start += size) {
        const batch = wanted.slice(start, start + size);
        const pixels = new Pixels(batch.length * sampleSize);
        await pMap(
          batch,
          async (image, index) => {
            requireNotAborted(signal, folder);
            const full = join(folder, image.path);
            const own = await readPixels(sharp(full), image, shape).catch((cause) => {
              throw unreadableImage(full, cause, optionName);
            });
            pixels.set(own, index * sampleSize);
          },
          { concurrency },
        );
        yield pixels;
      }
    },
  };
}

const kinds = { 1: 'grey', 3: 'colour', 4: 'colour and transparency' };

const mostListed = 3;

/** Says how many files were left out, with some of their names; empty if there are none. */
function listed(what: string, paths: readonly string[]): string {
  if (paths.length === 0) return '';
  const more = paths.length > mostListed ? ', ...' : '';
  return `, ${paths.length} ${what} left out (${paths.slice(0, mostListed).join(', ')}${more})`;
}

function requireImageOptions(
  { resize, channels, interpolation, order }: ImageOptions,
  optionName: OptionName,
): void {
  if (
    resize &&
    !(resize.length === 2 && resize.every((length) => Number.isSafeInteger(length) && length > 0))
  ) {
    throw unfit(
      `${optionName('resize')} is [${resize.join(', ')}]: a height and a width, whole numbers of at least 1, were expected.`,
    );
  }
  for (const [option, value, known] of [
    ['channels', channels, [1, 3, 4]],
    ['interpolation', interpolation, interpolations],
    ['order', order, imageOrders],
  ] as const) {
    if (value === undefined || (known as readonly unknown[]).includes(value)) continue;
    throw unfit(
      `${optionName(option)} is ${JSON.stringify(value)}: one of ${known.join(', ')} was expected.`,
    );
  }
}

function commonSize(
  folder: string,
  images: readonly ReadableImage[],
  optionName: OptionName,
): readonly [height: number, width: number] {
  const { path, height, width } = images[0]!;
  const other = images.find((image) => image.height !== height || image.width !== width);
  if (!other) return [height, width];
  throw invalid(
    folder,
    `holds images of different sizes: ${path} is ${height}x${width}, ${other.path} is ${other.height}x${other.width}. Give the size to bring them to as ${optionName('resize')}.`,
  );
}
