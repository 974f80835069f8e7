import type { BackendAdapter, Moments, PatchGeometry } from '@fuseinit/core';
import { requireNotAborted } from './abort.js';
import { type CollectedMoments, type Collector, createCollector } from './create-collector.js';

/** One batch of what is read at a tap, and what is to be predicted from it. */
export interface TapBatch<Tensor> {
  readonly input: Tensor;
  readonly target: Tensor;
  /** Samples in the batch. */
  readonly samples: number;
  /** These rows measure the error and aren't solved on. */
  readonly heldOut: boolean;
  /** Which batch of the calibration data this is or is part of, counted from 0, for errors. */
  readonly batch: number;
}

/** How far a collection has come. */
export interface CollectProgress {
  readonly tap: string;
  readonly samples: number;
  /** Where it is known. */
  readonly totalSamples: number | undefined;
}

export interface CollectOptions<Tensor> {
  /** Name of what is tapped, for progress and errors. */
  readonly tap: string;
  readonly batches: AsyncIterable<TapBatch<Tensor>>;
  /**
   * Holds what was gathered, also after an error. One that holds batches already goes on: then `batches` begins after
   * them. Default an empty one.
   */
  readonly collector?: Collector;
  readonly backend: BackendAdapter<Tensor>;
  /** The patches of the input; null where each sample is one row. */
  readonly geometry: PatchGeometry | null;
  readonly totalSamples?: number | undefined;
  readonly onProgress?: ((progress: CollectProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Streams batches into moments: memory is that of the moments and one batch, however many samples come.
 *
 * Source: docs/math.md, section 1.
 *
 * @throws ABORTED when the signal fires.
 * @throws VALUE_NOT_FINITE for NaN or Infinity, with the batch and the tap.
 * @throws CALIBRATION_DATA_EMPTY when no rows came to solve on.
 */
export async function collectMoments<Tensor>(options: CollectOptions<Tensor>): Promise<CollectedMoments> {
  const { tap, batches, backend, geometry, totalSamples, onProgress, signal } = options;
  const { collector = createCollector(tap) } = options;
  requireNotAborted(signal, tap);
  for await (const batch of batches) {
    requireNotAborted(signal, tap);
    const moments: Moments = await backend.patchMoments(batch.input, batch.target, geometry);
    collector.add(moments, batch);
    onProgress?.({ tap, samples: collector.samples, totalSamples });
  }
  requireNotAborted(signal, tap);
  return collector.collected();
}
