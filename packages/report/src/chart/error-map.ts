import type { PositionErrors } from '../data/layer-error.js';
import { pngUrl } from './png-url.js';

/** Between light and dark paper, so that it stands out on both. */
const colour = [37, 99, 190] as const;

/** Errors by position as a picture: transparent where there is none, full where it is largest. */
export function errorMap({ shape, relativeMse }: PositionErrors): string {
  const highest = Math.max(...relativeMse) || 1;
  const data = new Uint8Array(4 * relativeMse.length);
  for (const [index, error] of relativeMse.entries()) {
    data.set([...colour, Math.round((255 * error) / highest)], 4 * index);
  }
  const [height, width] = shape as [number, number];
  return pngUrl({ width, height, channels: 4, data });
}
