import { join } from 'node:path';
import pMap, { pMapSkip } from 'p-map';
import { invalid } from '../data-errors.js';
import type { OptionName } from '../source-options.js';
import { unreadableImage } from './image-errors.js';
import { type ImageHeader, readImageHeader } from './image-header.js';
import type { ImageOrder } from './image-order.js';
import { readPixels } from './image-pixels.js';
import { listImages } from './list-images.js';
import { loadSharp } from './load-sharp.js';

/** One image of a folder. */
export interface ReadableImage extends ImageHeader {
  /** Relative to the folder, with slashes. */
  readonly path: string;
}

export interface ReadableImages {
  readonly images: readonly ReadableImage[];
  /** Paths of the images that were left out since they can't be decoded. */
  readonly skipped: readonly string[];
  /** Paths of the files that aren't read since they are of other formats. */
  readonly others: readonly string[];
}

export interface ListingOptions {
  readonly order?: ImageOrder;
  /** Whether to decode each, and leave out those that can't be. */
  readonly skipUnreadable?: boolean;
}

/** libvips works on as many images at a time as it has threads; the others wait with little in memory. */
export const concurrency = 16;

/**
 * The images of a folder, with what their headers tell.
 *
 * @throws DATA_FILE_INVALID when one isn't an image, and nothing may be left out; when none is left.
 */
export async function readableImages(
  folder: string,
  { order = 'path', skipUnreadable = false }: ListingOptions,
  optionName: OptionName,
): Promise<ReadableImages> {
  const { images: paths, others } = await listImages(folder, order);
  const sharp = await loadSharp();
  const skipped: string[] = [];
  const probe = async (path: string): Promise<ReadableImage | typeof pMapSkip> => {
    const full = join(folder, path);
    try {
      const header = await readImageHeader(full, sharp(full));
      const asStored = { ...header, channels: 3, interpolation: 'nearest' } as const;
      if (skipUnreadable) await readPixels(sharp(full), header, asStored);
      return { path, ...header };
    } catch (error) {
      if (!skipUnreadable) throw unreadableImage(full, error, optionName);
      skipped.push(path);
      return pMapSkip;
    }
  };
  const images = await pMap(paths, probe, { concurrency });
  if (images.length > 0) return { images, skipped: skipped.sort(), others };
  throw invalid(folder, `holds ${paths.length} images, none of which can be read: PNG or JPEG was expected.`);
}
