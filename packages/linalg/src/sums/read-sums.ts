import { type PatchLayout, patchSizes } from './patch-layout.js';
import { tapOffsets } from './tap-offsets.js';

/** Sums over all that each tap reads, padding included. */
export interface ReadSums {
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
 * @param sums Of pixels [pixels, paddedChannels] and of positions [positions, paddedFeatures], less their shift.
 * @param shift For each number of a patch; padding reads minus it.
 */
export function readSums(
  layout: PatchLayout,
  sums: { readonly pixels: Float64Array; readonly positions: Float64Array },
  samples: number,
  shift: Float32Array,
): ReadSums {
  const { channels, outFeatures } = layout;
  const { positions, taps, patchSize, paddedChannels, paddedFeatures } = patchSizes(layout);
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

  /** Where one of two taps reads padding, it is minus the shift times what the other one reads. */
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
