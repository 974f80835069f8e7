import type { DataBatch } from '@fuseinit/data-files';
import { type HeldOutRule, holdsOut } from '@fuseinit/tfjs';
import type { Samples } from './open-samples.js';

/** Which samples of its data a command holds out, as `fuse` of @fuseinit/tfjs does by default. */
export function heldOutRule({
  heldOut = 0.1,
  seed = 0,
}: {
  readonly heldOut?: number | undefined;
  readonly seed?: number | undefined;
}): HeldOutRule {
  return { share: heldOut, seed };
}

/** Samples that `fuse` holds out. */
export interface HeldOutSamples {
  readonly batches: AsyncIterable<DataBatch>;
  /** Their places among the samples that are read, from 0, as labels have them. */
  readonly places: readonly number[];
}

/** Those samples that `fuse` solves nothing on; all where none are held out. */
export function heldOutSamples(
  samples: Samples,
  rule: HeldOutRule,
  size: number,
  signal: AbortSignal,
): HeldOutSamples {
  const isHeldOut = holdsOut(rule);
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
