import { type PatchLayout, patchSizes } from './patch-layout.js';
import { tapOffsets } from './tap-offsets.js';

/**
 * What is taken off each number of a patch, [patchSize], where channels have a shift each: nothing where a tap reads
 * nothing but padding, which then is a column of zeros exactly.
 */
export function tapShifts(layout: PatchLayout, shift: Float32Array): Float32Array {
  const { channels } = layout;
  const { taps, patchSize } = patchSizes(layout);
  const shifts = new Float32Array(patchSize);
  for (const [at, pixel] of tapOffsets(layout).entries())
    if (pixel >= 0) shifts.set(shift, (at % taps) * channels);
  return shifts;
}
