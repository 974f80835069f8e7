import type { DataBatch } from '@fuseinit/data-files';
import { holdsOut } from '@fuseinit/tfjs/internal';
import type { Samples } from './open-samples.js';

/** Samples that `fuse` holds out. */
export interface HeldOutSamples {
  readonly batches: AsyncIterable<DataBatch>;
  /** Their places among the samples that are read, from 0, as labels have them. */
  readonly places: readonly number[];
}

/** Those samples that `fuse` solves nothing on; all where none are held out. */
export function heldOutSamples(samples: Samples, size: number, signal: AbortSignal): HeldOutSamples {
  const isHeldOut = holdsOut(samples.heldOut);
  const all = Array.from(samples.indices.keys());
  const heldOut = all.filter((place) => isHeldOut(samples.indices[place]!));
  const places = heldOut.length > 0 ? heldOut : all;
  return {
    places,
    batches: samples.batches(
      size,
      signal,
      places.map((place) => samples.indices[place]!),
    ),
  };
}
