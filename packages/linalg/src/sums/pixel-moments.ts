import type { Moments } from '@fuseinit/core';
import type { ColumnOrder } from './columns.js';
import { type PatchWindow, tapOffsets, tapShifts, windowSizes } from './patch-window.js';
import type { PixelPlan, PixelRuns } from './pixel-plan.js';

/** The sums that the engine made of values less their shift, with channels in the order of the panels. */
export interface PixelSumArrays {
  /** [blocks, paddedChannels, paddedChannels]. Channels that are listed have no shift subtracted. */
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
 * Moments of patches from products of pixels: each block goes to the tap pairs that read it, then the mean is
 * taken out.
 *
 * Padding is zero before the shift, so a padded entry is minus the shift; what that adds follows from the
 * pixel sums.
 */
export function pixelMoments(
  layout: PatchWindow,
  plan: PixelPlan,
  sums: PixelSumArrays,
  samples: number,
  { panelIndices, firstListed }: ColumnOrder,
  panelShift: Float32Array,
  targetShift: Float32Array,
): Moments {
  const { channels, outFeatures } = layout;
  const { pixels, positions, taps, patchSize, paddedChannels, paddedFeatures } = windowSizes(layout);
  // The first in the order of the panels, the second in the order of the image.
  const placeSums = new Float64Array(pixels * paddedChannels);
  const pixelSums = new Float64Array(pixels * paddedChannels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const start = pixel * paddedChannels;
    const ofPixel = sums.pixels.subarray(start, start + paddedChannels);
    placeSums.set(ofPixel, plan.panelIndices[pixel]! * paddedChannels);
    for (let channel = 0; channel < channels; channel++)
      pixelSums[start + channel] = ofPixel[panelIndices[channel]!]!;
  }
  const shifts = { shift: panelShift, firstListed };
  takeListedShift(sums.gram, plan.gram, shifts, placeSums, paddedChannels);
  takeListedShift(sums.cross, plan.cross, shifts, sums.positions, paddedFeatures);
  const shift = tapShifts(
    layout,
    Float32Array.from(panelIndices, (place) => panelShift[place]!),
  );
  const count = samples * positions;
  const divisor = Math.max(1, count);
  const gram = expandGram(layout, plan, panelIndices, sums.gram);
  const cross = new Float64Array(outFeatures * patchSize);
  for (let tap = 0; tap < taps; tap++) {
    for (let channel = 0; channel < channels; channel++) {
      const from = (tap * paddedChannels + panelIndices[channel]!) * paddedFeatures;
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
  const shiftFactor = count > 0 ? 1 : 0;
  return {
    count,
    inputMean: {
      shape: [patchSize],
      data: inputMean.map((mean, index) => mean + shiftFactor * shift[index]!),
    },
    targetMean: {
      shape: [outFeatures],
      data: targetMean.map((mean, index) => mean + shiftFactor * (targetShift[index] ?? 0)),
    },
    inputCovariance: { shape: [patchSize, patchSize], data: gram },
    crossCovariance: { shape: [outFeatures, patchSize], data: cross },
    targetCovariance: { shape: [outFeatures, outFeatures], data: targetCovariance },
  };
}

/** The lower triangle of the Gram matrix of patches: [patchSize, patchSize]. */
function expandGram(
  layout: PatchWindow,
  { gram }: PixelPlan,
  panelIndices: Int32Array,
  blocks: Float64Array,
): Float64Array {
  const { channels } = layout;
  const { patchSize, paddedChannels } = windowSizes(layout);
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
          const [a, b] = [panelIndices[lower]!, panelIndices[upper]!];
          const from = lag === 0 && a < b ? b * paddedChannels + a : a * paddedChannels + b;
          whole[to + upper]! += blocks[start + from]!;
        }
      }
    }
  }
  return whole;
}

/** Sums over all that each tap reads, padding included. */
interface ReadSums {
  /** [patchSize], of values less their shift. */
  readonly inputs: Float64Array;
  /** [outFeatures], of values less their shift. */
  readonly targets: Float64Array;
  /** Whether padding was read that isn't zero after the shift. */
  readonly padded: boolean;
  /** Adds the products that padding takes part in. */
  addPadding(gram: Float64Array, cross: Float64Array): void;
}

/**
 * @param sums Of pixels [pixels, paddedChannels] and of positions [positions, paddedFeatures], less their
 *   shift.
 * @param shift For each number of a patch; padding reads minus it.
 */
function readSums(
  layout: PatchWindow,
  sums: { readonly pixels: Float64Array; readonly positions: Float64Array },
  samples: number,
  shift: Float32Array,
): ReadSums {
  const { channels, outFeatures } = layout;
  const { positions, taps, patchSize, paddedChannels, paddedFeatures } = windowSizes(layout);
  const reads = tapOffsets(layout);
  const inputs = new Float64Array(patchSize);
  const targets = new Float64Array(outFeatures);
  const padding = new Float64Array(taps);
  for (let tap = 0; tap < taps; tap++) {
    for (let position = 0; position < positions; position++) {
      const pixel = reads[position * taps + tap]!;
      if (pixel < 0) padding[tap]! += samples;
      else {
        for (let channel = 0; channel < channels; channel++)
          inputs[tap * channels + channel]! += sums.pixels[pixel * paddedChannels + channel]!;
      }
    }
    for (let channel = 0; channel < channels; channel++)
      inputs[tap * channels + channel]! -= padding[tap]! * shift[tap * channels + channel]!;
  }
  for (let position = 0; position < positions; position++) {
    for (let feature = 0; feature < outFeatures; feature++)
      targets[feature]! += sums.positions[position * paddedFeatures + feature]!;
  }
  const shifted = shift.some((value) => value !== 0);
  return {
    inputs,
    targets,
    padded: shifted && padding.some((count) => count > 0),
    addPadding(gram, cross) {
      for (let lower = 0; lower < taps; lower++) {
        for (let upper = 0; upper <= lower; upper++) addPaddedPair(lower, upper, gram);
        if (padding[lower]! > 0) addPaddedTargets(lower, cross);
      }
    },
  };

  /**
   * Adds the products of two taps where one reads padding: minus its shift times the sum that the other one
   * reads.
   */
  function addPaddedPair(lower: number, upper: number, gram: Float64Array): void {
    if (padding[lower] === 0 && padding[upper] === 0) return;
    const lowerAlone = new Float64Array(channels);
    const upperAlone = new Float64Array(channels);
    let both = 0;
    for (let position = 0; position < positions; position++) {
      const ofLower = reads[position * taps + lower]!;
      const ofUpper = reads[position * taps + upper]!;
      if (ofLower < 0 && ofUpper < 0) both += samples;
      else if (ofUpper < 0) addPixel(ofLower, lowerAlone);
      else if (ofLower < 0) addPixel(ofUpper, upperAlone);
    }
    for (let row = 0; row < channels; row++) {
      const ofRow = shift[lower * channels + row]!;
      const to = (lower * channels + row) * patchSize + upper * channels;
      for (let column = 0; column < channels; column++) {
        const ofColumn = shift[upper * channels + column]!;
        gram[to + column]! +=
          ofRow * ofColumn * both - ofRow * upperAlone[column]! - ofColumn * lowerAlone[row]!;
      }
    }
  }

  function addPixel(pixel: number, to: Float64Array): void {
    for (let channel = 0; channel < channels; channel++)
      to[channel]! += sums.pixels[pixel * paddedChannels + channel]!;
  }

  function addPaddedTargets(tap: number, cross: Float64Array): void {
    for (let position = 0; position < positions; position++) {
      if (reads[position * taps + tap]! >= 0) continue;
      for (let feature = 0; feature < outFeatures; feature++) {
        const value = sums.positions[position * paddedFeatures + feature]!;
        const to = feature * patchSize + tap * channels;
        for (let channel = 0; channel < channels; channel++)
          cross[to + channel]! -= shift[tap * channels + channel]! * value;
      }
    }
  }
}

/**
 * Takes a channel's shift off the left side of products that were made without it, by lists: what it adds is
 * the shift times the sum of the other side.
 *
 * @param blocks [blocks, paddedChannels, width], as `addRuns` leaves them.
 * @param left The shift of each channel on the left, and the first four that are listed, counted in fours.
 * @param rightSums [indices in panels, width]: sums over samples of the other side, less its own shift.
 */
function takeListedShift(
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
