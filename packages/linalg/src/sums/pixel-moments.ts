import type { Moments } from '@fuseinit/core';
import type { ColumnOrder } from './column-order.js';
import { takeListedShift } from './listed-shift.js';
import { type PatchLayout, patchSizes } from './patch-layout.js';
import type { PixelPlan } from './plan-pixels.js';
import { readSums } from './read-sums.js';
import { tapShifts } from './tap-shifts.js';

/** What the engine summed, of values less their shift; channels as they lie in panels. */
export interface PixelSumArrays {
  /** [blocks, paddedChannels, paddedChannels]; of channels that are listed, less nothing. */
  readonly gram: Float64Array;
  /** [taps, paddedChannels, paddedFeatures], likewise. */
  readonly cross: Float64Array;
  /** [paddedFeatures, paddedFeatures], its lower triangle. */
  readonly target: Float64Array;
  /** [pixels, paddedChannels] */
  readonly pixels: Float64Array;
  /** [positions, paddedFeatures] */
  readonly positions: Float64Array;
}

/**
 * Moments of patches from products of pixels: each block goes to the tap pairs that read it, then the mean is taken out.
 *
 * Padding is zero before the shift, so a padded entry is minus the shift; what that adds follows from the pixel sums.
 */
export function pixelMoments(
  layout: PatchLayout,
  plan: PixelPlan,
  sums: PixelSumArrays,
  samples: number,
  { places, firstListed }: ColumnOrder,
  panelShift: Float32Array,
  targetShift: Float32Array,
): Moments {
  const { channels, outFeatures } = layout;
  const { pixels, positions, taps, patchSize, paddedChannels, paddedFeatures } = patchSizes(layout);
  // By places, channels as they lie in panels, and by pixels and channels as they come.
  const placeSums = new Float64Array(pixels * paddedChannels);
  const pixelSums = new Float64Array(pixels * paddedChannels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const start = pixel * paddedChannels;
    const ofPixel = sums.pixels.subarray(start, start + paddedChannels);
    placeSums.set(ofPixel, plan.places[pixel]! * paddedChannels);
    for (let channel = 0; channel < channels; channel++)
      pixelSums[start + channel] = ofPixel[places[channel]!]!;
  }
  const shifts = { shift: panelShift, firstListed };
  takeListedShift(sums.gram, plan.gram, shifts, placeSums, paddedChannels);
  takeListedShift(sums.cross, plan.cross, shifts, sums.positions, paddedFeatures);
  const shift = tapShifts(
    layout,
    Float32Array.from(places, (place) => panelShift[place]!),
  );
  const count = samples * positions;
  const divisor = Math.max(1, count);
  const gram = expandGram(layout, plan, places, sums.gram);
  const cross = new Float64Array(outFeatures * patchSize);
  for (let tap = 0; tap < taps; tap++) {
    for (let channel = 0; channel < channels; channel++) {
      const from = (tap * paddedChannels + places[channel]!) * paddedFeatures;
      for (let feature = 0; feature < outFeatures; feature++)
        cross[feature * patchSize + tap * channels + channel] = sums.cross[from + feature]!;
    }
  }
  const read = readSums(layout, { pixels: pixelSums, positions: sums.positions }, samples, shift);
  if (read.padded) read.addPadding(gram, cross);

  const inputMean = read.inputs.map((sum) => sum / divisor);
  const targetMean = read.targets.map((sum) => sum / divisor);
  for (let row = 0; row < patchSize; row++) {
    for (let column = 0; column <= row; column++) {
      const value = gram[row * patchSize + column]! / divisor - inputMean[row]! * inputMean[column]!;
      gram[row * patchSize + column] = value;
      gram[column * patchSize + row] = value;
    }
  }
  for (let feature = 0; feature < outFeatures; feature++) {
    for (let column = 0; column < patchSize; column++) {
      const at = feature * patchSize + column;
      cross[at] = cross[at]! / divisor - targetMean[feature]! * inputMean[column]!;
    }
  }
  const targetCovariance = new Float64Array(outFeatures * outFeatures);
  for (let row = 0; row < outFeatures; row++) {
    for (let column = 0; column <= row; column++) {
      const value =
        sums.target[row * paddedFeatures + column]! / divisor - targetMean[row]! * targetMean[column]!;
      targetCovariance[row * outFeatures + column] = value;
      targetCovariance[column * outFeatures + row] = value;
    }
  }
  const held = count > 0 ? 1 : 0;
  return {
    count,
    inputMean: { shape: [patchSize], data: inputMean.map((mean, index) => mean + held * shift[index]!) },
    targetMean: {
      shape: [outFeatures],
      data: targetMean.map((mean, index) => mean + held * (targetShift[index] ?? 0)),
    },
    inputCovariance: { shape: [patchSize, patchSize], data: gram },
    crossCovariance: { shape: [outFeatures, patchSize], data: cross },
    targetCovariance: { shape: [outFeatures, outFeatures], data: targetCovariance },
  };
}

/** The lower triangle of the Gram matrix of patches: [patchSize, patchSize]. */
function expandGram(
  layout: PatchLayout,
  { gram }: PixelPlan,
  places: Int32Array,
  blocks: Float64Array,
): Float64Array {
  const { channels } = layout;
  const { patchSize, paddedChannels } = patchSizes(layout);
  const whole = new Float64Array(patchSize * patchSize);
  for (const { block, lag, taps } of gram.blocks) {
    const start = block * paddedChannels * paddedChannels;
    for (const tap of taps) {
      const column = tap * channels;
      for (let lower = 0; lower < channels; lower++) {
        const to = ((tap + lag) * channels + lower) * patchSize + column;
        // At lag 0 a block is symmetric, and only its lower half is there.
        const width = lag === 0 ? lower + 1 : channels;
        for (let upper = 0; upper < width; upper++) {
          const [a, b] = [places[lower]!, places[upper]!];
          const from = lag === 0 && a < b ? b * paddedChannels + a : a * paddedChannels + b;
          whole[to + upper]! += blocks[start + from]!;
        }
      }
    }
  }
  return whole;
}
