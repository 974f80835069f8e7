import { join } from 'node:path';
import pMap from 'p-map';
import { requireNotAborted } from '../abort.js';
import { invalid, unfit } from '../data-errors.js';
import type { SampleSource } from '../sample-source.js';
import type { SourceOptions } from '../source-options.js';
import { type ImageShape, readPixels } from './image-pixels.js';
import { loadSharp } from './load-sharp.js';
import { concurrency, type ReadableImage, readableImages } from './readable-images.js';

type ImageOptions = Pick<SourceOptions, 'resize' | 'channels' | 'skipUnreadable'>;

/**
 * Images of a folder and of those below it as samples, [height, width, channels], by path.
 *
 * @throws DATA_FILE_INVALID when there are none, one can't be read, or they differ in size and aren't resized.
 * @throws ARGUMENT_INVALID for a size or a number of channels that can't be.
 */
export async function imageSamples(
  folder: string,
  { resize, channels, skipUnreadable = false }: ImageOptions,
): Promise<SampleSource> {
  requireImageOptions(resize, channels);
  const { images, skipped } = await readableImages(folder, skipUnreadable);
  const [height, width] = resize ?? commonSize(folder, images);
  const shape: ImageShape = {
    height,
    width,
    channels: channels ?? (images.some((image) => image.hasColour) ? 3 : 1),
  };
  const resized = resize ? `, resized to ${height}x${width} (bilinear)` : '';
  const left = skipped > 0 ? `, ${skipped} unreadable left out` : '';
  return {
    name: folder,
    count: images.length,
    sampleShape: [height, width, shape.channels],
    contents: `${shape.channels === 1 ? 'grey' : 'colour'} images${resized}${left}`,
    isPixels: true,
    async *read({ first, end, size, signal }) {
      const sharp = await loadSharp();
      const sampleSize = height * width * shape.channels;
      for (let start = first; start < end; start += size) {
        const batch = images.slice(start, Math.min(end, start + size));
        const pixels = new Uint8Array(batch.length * sampleSize);
        await pMap(
          batch,
          async ({ path }, index) => {
            requireNotAborted(signal, folder);
            const full = join(folder, path);
            pixels.set(await readPixels(full, sharp(full), shape), index * sampleSize);
          },
          { concurrency },
        );
        yield pixels;
      }
    },
  };
}

function requireImageOptions(resize: ImageOptions['resize'], channels: ImageOptions['channels']): void {
  if (
    resize &&
    !(resize.length === 2 && resize.every((length) => Number.isSafeInteger(length) && length > 0))
  ) {
    throw unfit(
      `resize is [${resize.join(', ')}]: a height and a width, whole numbers of at least 1, were expected.`,
    );
  }
  if (channels !== undefined && channels !== 1 && channels !== 3) {
    throw unfit(`channels is ${channels}: 1 or 3 was expected.`);
  }
}

function commonSize(
  folder: string,
  images: readonly ReadableImage[],
): readonly [height: number, width: number] {
  const { path, height, width } = images[0]!;
  const other = images.find((image) => image.height !== height || image.width !== width);
  if (!other) return [height, width];
  throw invalid(
    folder,
    `holds images of different sizes: ${path} is ${height}x${width}, ${other.path} is ${other.height}x${other.width}. Give the size to bring them to as "resize".`,
  );
}
