import { convertIndexedToRgb, type DecodedPng, decode } from 'fast-png';
import type { StoredPicture } from './stored-picture.js';

/**
 * The pixels that a PNG stores, 8 bits a channel, of 16 the upper 8. A browser's own decoder would manage
 * colours and multiply transparency in.
 *
 * @throws Error for a damaged file.
 */
export function readPng(file: Uint8Array<ArrayBuffer>): StoredPicture {
  const png = decode(file, { checkCrc: true });
  const { height, width } = png;
  const { data, channels } = png.palette
    ? { data: convertIndexedToRgb(png), channels: png.palette[0]!.length }
    : { data: bytesOf(png), channels: png.channels };
  const hasAlpha = channels === 2 || channels === 4;
  const rgba = new Uint8Array(height * width * 4);
  for (let pixel = 0; pixel < height * width; pixel++) {
    const from = pixel * channels;
    for (let colour = 0; colour < 3; colour++)
      rgba[4 * pixel + colour] = data[from + (channels < 3 ? 0 : colour)]!;
    rgba[4 * pixel + 3] = hasAlpha ? data[from + channels - 1]! : isTransparent(png, pixel) ? 0 : 255;
  }
  return { height, width, rgba };
}

/** Pixels of 1, 2 or 4 bits spread over 0 to 255; of 16 their upper 8. */
function bytesOf({ data, depth, width, height }: DecodedPng): Uint8Array {
  if (depth === 16) return Uint8Array.from(data, (value) => value >> 8);
  if (depth === 8) return Uint8Array.from(data);
  const rowBytes = Math.ceil((width * depth) / 8);
  return Uint8Array.from(
    { length: height * width },
    (_, pixel) =>
      levelAt(data, rowBytes, depth, pixel % width, Math.floor(pixel / width)) * (255 / (2 ** depth - 1)),
  );
}

function levelAt(
  data: DecodedPng['data'],
  rowBytes: number,
  depth: number,
  column: number,
  row: number,
): number {
  const bit = column * depth;
  return (data[row * rowBytes + (bit >> 3)]! >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
}

/** Whether a pixel is of the one colour, or the one grey, that the file names as transparent. */
function isTransparent({ transparency, data, depth, channels, width }: DecodedPng, pixel: number): boolean {
  if (!transparency) return false;
  if (depth < 8) {
    const rowBytes = Math.ceil((width * depth) / 8);
    return levelAt(data, rowBytes, depth, pixel % width, Math.floor(pixel / width)) === transparency[0];
  }
  return transparency.every((value, channel) => data[pixel * channels + channel] === value);
}
