import { encode } from 'fast-png';
import type { PositionErrors } from '../data/fusion-report.js';
import { bytesToBase64 } from '../measure/sample-input.js';

/** Encodes a picture as a PNG in a `data:` URL. */
export function pngUrl(picture: {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array;
}): string {
  return `data:image/png;base64,${bytesToBase64(encode({ ...picture, depth: 8 }))}`;
}

/** This blue stands out on light and on dark paper. */
const colour = [37, 99, 190] as const;

/** Draws errors by position as a picture: transparent where the error is zero, opaque where it is largest. */
export function errorMap({ shape, relativeMse }: PositionErrors): string {
  const highest = Math.max(...relativeMse) || 1;
  const data = new Uint8Array(4 * relativeMse.length);
  for (const [index, error] of relativeMse.entries()) {
    data.set([...colour, Math.round((255 * error) / highest)], 4 * index);
  }
  const [height, width] = shape as [number, number];
  return pngUrl({ width, height, channels: 4, data });
}
