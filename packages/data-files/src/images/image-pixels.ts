import type { Sharp } from 'sharp';
import type { Numbers } from '../sample-source.js';
import { type Interpolation, resizeImage } from './resize-image.js';

/** The header of an image. */
export interface ImageHeader {
  readonly height: number;
  readonly width: number;
  readonly hasColour: boolean;
  /** Whether it stores CMYK, as JPEGs for print do. */
  readonly isCmyk: boolean;
}

/** The shape that all images of a folder are brought to. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3 | 4;
  readonly interpolation: Interpolation;
}

/**
 * Decodes an image as `tf.io.decode_image` and Pillow do, and resizes it. It returns the stored numbers
 * without colour management: 8 bits per channel, or the upper 8 of 16. The image isn't turned by its EXIF
 * orientation, and transparency is dropped unless there are 4 channels; it is never multiplied in.
 *
 * @param header The header of this image.
 * @returns Pixels from 0 to 255, [height, width, channels]; not rounded where they are interpolated.
 * @throws DATA_FILE_INVALID when it can't be decoded.
 */
export async function readPixels(image: Sharp, header: ImageHeader, shape: ImageShape): Promise<Numbers> {
  const { channels, interpolation } = shape;
  const stored = await decode(image, header, channels);
  if (stored.length !== header.height * header.width * Math.max(channels, 3)) {
    throw new Error('its size has changed since it was opened');
  }
  const pixels = channels === 1 ? greyOf(stored) : stored;
  return resizeImage(pixels, [header.height, header.width, channels], shape, interpolation);
}

async function decode(image: Sharp, { isCmyk }: ImageHeader, channels: 1 | 3 | 4): Promise<Uint8Array> {
  if (isCmyk) {
    const inks = await image.pipelineColourspace('cmyk').toColourspace('cmyk').raw().toBuffer();
    return coloursOfInks(inks, channels === 4 ? 4 : 3);
  }
  const colours = image.toColourspace('srgb');
  return (channels === 4 ? colours.ensureAlpha() : colours.removeAlpha()).raw({ depth: 'uchar' }).toBuffer();
}

/**
 * Converts cyan, magenta, yellow and black to red, green and blue, with 255 as a fourth channel, by Pillow's
 * formula.
 */
function coloursOfInks(inks: Uint8Array, channels: 3 | 4): Uint8Array {
  const colours = new Uint8Array((inks.length / 4) * channels).fill(255);
  for (let pixel = 0; pixel < inks.length / 4; pixel++) {
    const light = 255 - inks[4 * pixel + 3]!;
    for (let channel = 0; channel < 3; channel++) {
      colours[channels * pixel + channel] = light - Math.round((inks[4 * pixel + channel]! * light) / 255);
    }
  }
  return colours;
}

/**
 * Computes luma by ITU-R 601, rounded as Pillow does, which is what networks for grey images were trained on.
 */
export function greyOf(colours: Uint8Array): Uint8Array {
  const grey = new Uint8Array(colours.length / 3);
  for (let index = 0; index < grey.length; index++) {
    const [red, green, blue] = [colours[3 * index]!, colours[3 * index + 1]!, colours[3 * index + 2]!];
    grey[index] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
  }
  return grey;
}
