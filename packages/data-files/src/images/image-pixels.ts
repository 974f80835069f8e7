import type { Sharp } from 'sharp';
import { unreadableImage } from './image-errors.js';

/** What all images of a folder are brought to. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/**
 * Decodes an image: 8 bits a channel, without its transparency, not turned by what a camera noted.
 *
 * @returns Pixels from 0 to 255, [height, width, channels].
 * @throws DATA_FILE_INVALID when it can't be decoded.
 */
export async function readPixels(
  path: string,
  image: Sharp,
  { height, width, channels }: ImageShape,
): Promise<Uint8Array> {
  const colours = await image
    .resize(width, height, { fit: 'fill', kernel: 'linear' })
    .removeAlpha()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer()
    .catch((cause) => {
      throw unreadableImage(path, cause);
    });
  return channels === 3 ? colours : greyOf(colours);
}

/** Luma as ITU-R 601 has it, rounded as Pillow does: what networks for grey images were trained on. */
function greyOf(colours: Uint8Array): Uint8Array {
  const grey = new Uint8Array(colours.length / 3);
  for (let index = 0; index < grey.length; index++) {
    const [red, green, blue] = [colours[3 * index]!, colours[3 * index + 1]!, colours[3 * index + 2]!];
    grey[index] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
  }
  return grey;
}
