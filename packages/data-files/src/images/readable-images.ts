import { join } from 'node:path';
import pMap, { pMapSkip } from 'p-map';
import { invalid } from '../data-errors.js';
import { type ImageHeader, readImageHeader } from './image-header.js';
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
  /** How many were left out. */
  readonly skipped: number;
}

/** libvips works on as many images at a time as it has threads; the others wait with little in memory. */
export const concurrency = 16;

/**
 * The images of a folder, with what their headers tell.
 *
 * @param skipUnreadable Whether to decode each, and leave out those that can't be.
 * @throws DATA_FILE_INVALID when one isn't an image, and nothing may be left out; when none is left.
 */
export async function readableImages(folder: string, skipUnreadable: boolean): Promise<ReadableImages> {
  const paths = await listImages(folder);
  const sharp = await loadSharp();
  const probe = async (path: string): Promise<ReadableImage | typeof pMapSkip> => {
    const full = join(folder, path);
    try {
      const header = await readImageHeader(full, sharp(full));
      if (skipUnreadable) await readPixels(full, sharp(full), { ...header, channels: 3 });
      return { path, ...header };
    } catch (error) {
      if (skipUnreadable) return pMapSkip;
      throw error;
    }
  };
  const images = await pMap(paths, probe, { concurrency });
  if (images.length > 0) return { images, skipped: paths.length - images.length };
  throw invalid(folder, `holds ${paths.length} images, none of which can be read: PNG or JPEG was expected.`);
}
