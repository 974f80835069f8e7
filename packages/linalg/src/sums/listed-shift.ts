import type { PixelRuns } from './plan-pixels.js';

/**
 * Takes a channel's shift off the left side of products that were made without it, by lists: what it adds is the shift
 * times the sum of the other side.
 *
 * @param blocks [blocks, paddedChannels, width], as `addRuns` leaves them.
 * @param left The shift of each channel on the left, and the first four that are listed, counted in fours.
 * @param rightSums [places, width]: sums over samples of the other side, less its own shift.
 */
export function takeListedShift(
  blocks: Float64Array,
  { runs, blockCount }: PixelRuns,
  { shift, firstListed }: { readonly shift: Float32Array; readonly firstListed: number },
  rightSums: Float64Array,
  width: number,
): void {
  const listed = Array.from(shift.keys()).filter(
    (channel) => channel >= 4 * firstListed && shift[channel] !== 0,
  );
  if (listed.length === 0) return;
  const sums = new Float64Array(blockCount * width);
  for (let run = 0; run < runs.length; run += 4) {
    const right = runs[run + 1]!;
    const end = right + runs[run + 2]!;
    const block = runs[run + 3]!;
    for (let place = right; place < end; place++) {
      for (let column = 0; column < width; column++)
        sums[block * width + column]! += rightSums[place * width + column]!;
    }
  }
  for (let block = 0; block < blockCount; block++) {
    for (const channel of listed) {
      const at = (block * shift.length + channel) * width;
      for (let column = 0; column < width; column++)
        blocks[at + column]! -= shift[channel]! * sums[block * width + column]!;
    }
  }
}
