import { join } from 'node:path';
import { FuseInitError } from '@fuseinit/core';
import pMap, { pMapSkip } from 'p-map';
import type { Sharp } from 'sharp';
import { invalid } from '../data-errors.js';
import type { OptionName } from '../source-options.js';
import { type ImageHeader, readPixels } from './image-pixels.js';
import { type ImageOrder, listImages } from './list-images.js';

/** Makes the error for an image that can't be read. */
export function unreadableImage(path: string, cause: unknown, optionName: OptionName): FuseInitError {
  if (FuseInitError.isInstance(cause)) return cause;
  return invalid(
    path,
    `can't be read as an image: ${(cause as Error).message}. Replace it, or leave out what can't be read with ${optionName('skipUnreadable')}.`,
    cause,
  );
}

/** Sharp is loaded only when there are images to read, so that reading arrays needs no native binary. */
export async function loadSharp(): Promise<(path: string) => Sharp> {
  const { default: sharp } = await import('sharp');
  // Training uses the stored numbers: neither TensorFlow nor Pillow applies an embedded colour profile. What
  // libvips merely warns about, such as an odd colour profile, changes no pixel.
  return (path) => sharp(path, { failOn: 'error', ignoreIcc: true });
}

/** @throws DATA_FILE_INVALID for what is neither PNG nor JPEG, whatever its name says. */
async function readImageHeader(path: string, image: Sharp): Promise<ImageHeader> {
  const { format, height, width, space } = await image.metadata();
  if (format !== 'png' && format !== 'jpeg') {
    throw invalid(path, `is of format ${format}: PNG or JPEG was expected. Convert it.`);
  }
  return { height, width, hasColour: space !== 'b-w' && space !== 'grey16', isCmyk: space === 'cmyk' };
}

/** An image of a folder. */
export interface ReadableImage extends ImageHeader {
  /** The path relative to the folder, with slashes. */
  readonly path: string;
}

export interface ReadableImages {
  readonly images: readonly ReadableImage[];
  /** The paths of the images that were left out since they can't be decoded. */
  readonly skipped: readonly string[];
  /** The paths of the files that aren't read since they have other formats. */
  readonly others: readonly string[];
}

export interface ListingOptions {
  readonly order?: ImageOrder;
  /** Whether to decode each image, and leave out those that can't be decoded. */
  readonly skipUnreadable?: boolean;
}

/** libvips works on as many images at a time as it has threads; the others wait and use little memory. */
export const concurrency = 16;

/**
 * Lists the images of a folder with their headers.
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
