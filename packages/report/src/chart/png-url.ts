import { encode } from 'fast-png';
import { bytesToBase64 } from '../measure/base64.js';

/** A picture as the address of itself. */
export function pngUrl(picture: {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array;
}): string {
  return `data:image/png;base64,${bytesToBase64(encode({ ...picture, depth: 8 }))}`;
}
