import type { Rows } from './column-traits.js';
import { type PatchLayout, patchSizes } from './patch-layout.js';
import { tapOffsets } from './tap-offsets.js';

/** The patches of images [samples, pixels, channels] as rows [samples * positions, patchSize], each written when asked for. */
export function patchView(layout: PatchLayout): (images: Float32Array) => Rows {
  const { channels } = layout;
  const { pixels, positions, taps, patchSize } = patchSizes(layout);
  const offsets = tapOffsets(layout);
  const patch = new Float32Array(patchSize);
  return (images) => ({
    count: (images.length / (pixels * channels)) * positions,
    columns: patchSize,
    row(index) {
      const image = Math.floor(index / positions) * pixels;
      const first = (index % positions) * taps;
      for (let tap = 0; tap < taps; tap++) {
        const pixel = offsets[first + tap]!;
        const from = (image + pixel) * channels;
        for (let channel = 0; channel < channels; channel++)
          patch[tap * channels + channel] = pixel < 0 ? 0 : images[from + channel]!;
      }
      return patch;
    },
  });
}
